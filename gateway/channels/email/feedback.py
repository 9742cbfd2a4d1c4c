"""What the reader's side reports: opened, deleted, taken for spam.

Sources: RFC 8098 (read receipts), RFC 5965 and RFC 6591 (feedback reports), and the forms from
before them: Exchange's and Domino's texts, Hotmail's complaints.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gateway.channels.email import addresses, delivery_status, headers, notice, senders
from gateway.channels.email.verdict import Verdict

if TYPE_CHECKING:
    from gateway.channels.email.headers import Headers
    from gateway.channels.email.notice import Notice
    from gateway.channels.email.parts import Part

_MAX_REPORT: Final = 65_536
# How programs title a receipt, and the sentence in it; neither is enough alone.
_READ_TITLES: Final = (
    "read", "gelesen", "lu", "leído", "letto", "lida", "lido", "gelezen", "läst", "læst", "lest",
    "luettu", "przeczytane", "прочтено", "прочитано", "已读", "已讀", "開封済み",
    "return receipt", "read receipt", "disposition notification", "lesebestätigung",
    "empfangsbestätigung", "accusé de lecture", "accusé de réception",
    "confirmación de lectura", "conferma di lettura", "confirmação de leitura",
)  # fmt: skip
_UNREAD_TITLES: Final = (
    "not read", "deleted", "ungelesen", "nicht gelesen", "non lu", "no leído", "non letto",
    "não lida", "niet gelezen",
)  # fmt: skip
_TITLE_ENDS: Final = (":", " :", "\uff1a", " -", " \u2013", " (")
_READ_TEXT = re.compile(
    r"(?s)\b(?:was|has been|were) (?:read|opened|displayed|seen) (?:on|at|by)\b|return receipt"
    r"|read receipt|wurde am .{4,60}gelesen|gelesen am|a été lu\b|fue leído|se ha leído"
    r"|è stat[oa] lett[oa]|foi lida|is gelezen|已於|已于|was received by:"
    r"|message was displayed|has been displayed|wurde angezeigt"
)
_UNREAD_TEXT = re.compile(
    r"deleted without being read|ungelesen gelöscht|supprimé sans|sin leer|senza essere"
    r"|sem ser lid|zonder te"
)
_COMPLAINT_SUBJECT = re.compile(
    r"complaint about message|abuse report|spam report|email feedback|feedback report"
)
_NO_COMPLAINTS: Final = frozenset({"not-spam", "auth-failure", "dmarc"})


def read(mail: Notice) -> Verdict | None:
    """Read what the reader's side reports; ``None`` when this is no such report."""
    wanted = mail.root.params.get("report-type", "").lower()
    ids = notice.message_ids(mail)
    official = mail.root.kind == "multipart/report" or not senders.is_passed_on(mail.subject)
    for part in mail.every if official else ():
        if part.kind == "message/disposition-notification":
            return _disposition(part, mail, ids)
        if part.kind == "message/feedback-report" and (wanted == "feedback-report" or ids):
            return _complaint(part, mail, ids)
    if wanted == "disposition-notification" and "disposition:" in mail.all_words.lower():
        return _disposition(mail.root, mail, ids)
    return _hotmail(mail, ids) or _told(mail, ids)


def _disposition(part: Part, mail: Notice, ids: tuple[str, ...]) -> Verdict:
    found = list(delivery_status.groups(part.content(_MAX_REPORT)))
    fields = next(
        (one for one in found if one.get("disposition")), found[0] if found else headers.Headers()
    )
    said = (fields.get("disposition") or "").rpartition(";")[2].strip().lower()
    if not said and _is_titled(mail, _UNREAD_TITLES):
        said = "deleted"
    reader = delivery_status.typed_address(
        fields.get("original-recipient")
    ) or delivery_status.typed_address(fields.get("final-recipient"))
    if re.split(r"[/\s,]", said)[0] in ("displayed", "read", "opened", ""):
        return Verdict(
            kind="read_receipt", reason="the mail was opened", recipient=reader, message_ids=ids
        )
    # "deleted" or "denied" is a machine's word all the same, and nobody has read anything.
    return _unread(said, reader, ids)


def _unread(said: str, reader: str | None, ids: tuple[str, ...]) -> Verdict:
    reason = f"the reader's program reports: {said[:100]}"
    return Verdict(kind="auto_reply", reason=reason, recipient=reader, message_ids=ids)


def _told(mail: Notice, ids: tuple[str, ...]) -> Verdict | None:
    """Read a receipt that is only text: a title and a sentence, neither enough alone."""
    said = mail.words[:1_500].lower()
    machine = mail.from_nobody or "report" in mail.root.kind or len(said) < 600
    if not machine:
        return None
    sender = addresses.parse_mailbox(mail.fields.get("from") or "")
    reader = sender.addr if sender else None
    if _is_titled(mail, _UNREAD_TITLES) and _UNREAD_TEXT.search(said):
        return _unread("deleted without being read", reader, ids)
    if _is_titled(mail, _READ_TITLES) and _READ_TEXT.search(said):
        return Verdict(
            kind="read_receipt", reason="the mail was opened", recipient=reader, message_ids=ids
        )
    return None


def _is_titled(mail: Notice, titles: tuple[str, ...]) -> bool:
    return any(
        mail.subject.startswith(words) and mail.subject[len(words) :].startswith(_TITLE_ENDS)
        for words in titles
    )


def _complaint(part: Part, mail: Notice, ids: tuple[str, ...]) -> Verdict:
    fields = next(delivery_status.groups(part.content(_MAX_REPORT)), headers.Headers())
    kind = (fields.get("feedback-type") or "abuse").strip().lower()
    named = (fields.get("original-rcpt-to"), fields.get("removal-recipient"))
    who = next(filter(None, map(delivery_status.typed_address, named)), None) or _reader(mail)
    if kind in _NO_COMPLAINTS:
        return Verdict(
            kind="auto_reply", reason=f"feedback report: {kind}", recipient=who, message_ids=ids
        )
    reason = f"the recipient reported the mail as {kind[:40]}"
    return Verdict(kind="complaint", reason=reason, recipient=who, message_ids=ids)


def _hotmail(mail: Notice, ids: tuple[str, ...]) -> Verdict | None:
    """Hotmail's and others' complaints bring the mail back under a title, without a report."""
    marked = any(fields.get("x-hmxmroriginalrecipient") for fields in mail.returned)
    titled = _COMPLAINT_SUBJECT.match(mail.subject) and senders.is_desk(mail.fields)
    if not (marked or (titled and mail.returned)):
        return None
    reason = "the recipient reported the mail as abuse"
    return Verdict(kind="complaint", reason=reason, recipient=_reader(mail), message_ids=ids)


def _reader(mail: Notice) -> str | None:
    for fields in mail.returned:
        named = (_plain(fields, "x-hmxmroriginalrecipient"), _plain(fields, "x-original-to"))
        if who := next(filter(None, named), None):
            return who
    return notice.addressee(mail)


def _plain(fields: Headers, name: str) -> str | None:
    return addresses.normalise((fields.get(name) or "").strip("<> "))
