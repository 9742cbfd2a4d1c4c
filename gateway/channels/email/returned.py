"""Did one of our mails come back, or is it late? Read from a report, or from words alone.

A report (RFC 3464) in a mail that a server wrote decides. Without one, two things are weighed:
whether a machine wrote (``_origin``) and whether it tells of a failed mail (``_tale``). A person
may do the one or the other: write from ``postmaster@``, or ask about "Undeliverable" and quote it
whole; nobody does both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gateway.channels.email import (
    automatic,
    delivery_status,
    machine_words,
    notice,
    refusals,
    senders,
)
from gateway.channels.email.addresses import normalise, parse_list
from gateway.channels.email.headers import parameters
from gateway.channels.email.verdict import Verdict

if TYPE_CHECKING:
    from gateway.channels.email.delivery_status import Report
    from gateway.channels.email.notice import Notice

_WORST: Final = ("hard", "soft", "delayed", "relayed")
# A number alone is no reply code ("550 million letters"): it needs its place or a second code.
_REFUSAL = re.compile(
    r"(?m)(?:^[\s<>|*-]{0,12}"
    r"|(?:said|says|error|replied|reason|response|with|code|server)\b[:=]?[ \t]{1,3}"
    r"|[:\[(][ \t]{0,2})[45]\d\d[ \-][\s#]{0,2}[A-Za-z<(\[]"
    r"|(?<![\w.])[45]\d\d[ \-]{1,2}#?[45]\.\d{1,3}\.\d{1,3}(?![.\d])"
    r"|\(?#[45]\.\d\.\d{1,2}\)?|^\s{0,8}[45]\.\d\.\d{1,2}[ \-]"
)
_LOOSE_REPORT = re.compile(r"(?im)^(?:final-recipient|original-recipient)[ \t]{0,5}:")
_LABELLED = re.compile(
    r"(?im)(?:final-recipient|failed recipient|recipient(?: address)?|rcpt to|rcpt|addressed to"
    r"|deliver(?:ed)? to|unknown user|user unknown|failed to deliver to|undelivered to)"
    r"[ \t]*[:=]?[ \t]*(?:rfc822;)?[ \t]*"
    r"['\"<]{0,3}([^\s<>'\";,()\[\]]{1,64}@[^\s<>'\";,()\[\]]{1,255})"
)
_GREETING = re.compile(
    r"(?i)\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|day)|hallo|guten|liebe\w?"
    r"|sehr geehrte|moin|bonjour|ch\u00e8?e?re?|hola|estimad\w|buen\w{0,2}|ciao|gentile"
    r"|ol\u00e1|prezad\w|beste|hej)\b(?!\. this is)"
)
_MACHINE_NEEDED: Final = 2
_TALE_NEEDED: Final = 3
_CONCRETE_NEEDED: Final = 4
_MOST_AROUND: Final = 1_200


def read(mail: Notice) -> Verdict | None:
    """Read a mail that tells of a failed or late one; ``None`` when it does not."""
    origin = _origin(mail)
    ids = notice.message_ids(mail)
    reports = _reports(mail) if origin >= _MACHINE_NEEDED or _is_alone(mail) else ()
    if reports:
        worst = min(reports, key=lambda one: _WORST.index(one.outcome))
        recipient = worst.recipient or _recipient(mail)
        return Verdict(
            kind=worst.outcome, reason=worst.reason, recipient=recipient, message_ids=ids
        )
    failed = mail.fields.get("x-failed-recipients") is not None
    daemon = senders.is_daemon(mail.fields)
    told, concrete = _tale(mail)
    if not (failed or daemon or _is_return(mail, origin, told, concrete)):
        return None
    return _from_words(mail, ids, is_known=failed or told >= _TALE_NEEDED)


def _is_return(mail: Notice, origin: int, told: int, concrete: int) -> bool:
    if automatic.answers(mail):
        return False  # "I have left, write to Bob" is no bounce, though it comes from nobody.
    if origin > _MACHINE_NEEDED:
        return told >= _TALE_NEEDED
    if origin == _MACHINE_NEEDED:
        if _GREETING.match(mail.words) and not mail.brings_copy:
            return False  # A postmaster is a person too, and writes of mail that failed.
        # Couriers and banks write from no-reply, and of failures: see that a mail came back.
        needed = 2 if senders.is_no_reply(mail.fields) else 1
        return told > _TALE_NEEDED and concrete >= needed
    # No machine's name on it: then it has to read like nothing but a notice, from its first line.
    if not _is_titled(mail) or senders.is_passed_on(mail.subject):
        return False
    opening = _opening(mail)
    if opening.startswith(machine_words.FORMULAS):
        return concrete >= _CONCRETE_NEEDED - 2
    return concrete >= _CONCRETE_NEEDED and any(
        words in opening for words in machine_words.RETURN_TEXTS
    )


def _origin(mail: Notice) -> int:
    """Weigh what speaks for a machine as the writer: 2 is enough together with a tale."""
    fields = mail.fields
    submitted = parameters(fields.get("auto-submitted") or "no")[0]
    marks = (
        3 * senders.is_daemon(fields),
        3 * mail.from_nobody,
        3 * (fields.get("x-failed-recipients") is not None),
        2 * senders.is_postmaster(fields),
        2 * (submitted not in ("no", "")),
        2 * (mail.root.kind == "multipart/report"),
        2 * (mail.root.params.get("report-type", "").lower() == "delivery-status"),
        2 * senders.is_no_reply(fields),
        2 * (fields.get("from") in (None, "", "<>")),
    )
    # Programs answer with "Re:" too, but only servers do so under a server's name.
    doubt = 3 * (senders.is_passed_on(mail.subject) and not (marks[0] or marks[1] or marks[2]))
    return sum(marks) - doubt


def _tale(mail: Notice) -> tuple[int, int]:
    """Weigh what tells of a failed mail; also how much of it is concrete."""
    lower = mail.words[:6_000].lower().replace("\u2019", "'")
    said = any(words in lower for words in machine_words.RETURN_TEXTS + machine_words.DELAY_TEXTS)
    concrete = (
        2 * (_REFUSAL.search(mail.words[:10_000]) is not None)
        + mail.brings_copy
        + bool(_candidates(mail))
    )
    return 2 * said + 2 * _is_titled(mail) + concrete, concrete


def _is_titled(mail: Notice) -> bool:
    subject = mail.subject.lstrip("[*<!- ")
    return subject.startswith(machine_words.RETURN_SUBJECTS)


def _opening(mail: Notice) -> str:
    return " ".join(mail.words[:400].lower().split())[:250].replace("\u2019", "'")


def _is_alone(mail: Notice) -> bool:
    """Tell whether a report stands in a mail that nobody passed on or wrote above."""
    told = any(words in _opening(mail) for words in machine_words.RETURN_TEXTS)
    return told and _is_titled(mail) and not senders.is_passed_on(mail.subject)


def _reports(mail: Notice) -> tuple[Report, ...]:
    """Read the reports in a mail: gateways wrap them again, or send them as text."""
    for part in mail.every:
        if notice.is_status(part):
            body = part.content(delivery_status.MAX_BYTES)
            if found := delivery_status.read(body, mail.words):
                return found
    start = _LOOSE_REPORT.search(mail.all_words)
    if start is None:
        return ()
    # Up to two groups before it may belong to it: Action and Status stand above in some.
    begin = max(mail.all_words.rfind("\n\n", 0, start.start()), 0)
    text = mail.all_words[begin : start.start() + 8_000]
    found = delivery_status.read(text.lstrip("\n").encode(), mail.words)
    return tuple(one for one in found if one.recipient)


def _from_words(mail: Notice, ids: tuple[str, ...], *, is_known: bool) -> Verdict:
    recipient = _recipient(mail)
    lower = f"{mail.subject}\n{mail.words[:6_000].lower()}"
    late = any(words in lower for words in machine_words.DELAY_TEXTS)
    if late and not any(words in lower for words in machine_words.FINAL_TEXTS):
        return Verdict(
            kind="delayed", reason="delivery is late", recipient=recipient, message_ids=ids
        )
    outcome, reason = refusals.judge("", _around(mail.words, recipient), _around_all(mail))
    is_refused = _REFUSAL.search(mail.words) is not None
    if not is_refused and outcome == "soft":
        if any(words in lower for words in machine_words.RELAY_TEXTS):
            return Verdict(
                kind="relayed", reason="reported as passed on", recipient=recipient, message_ids=ids
            )
        if not is_known:
            return Verdict(
                kind="soft",
                reason="a mail server wrote, and not in a form that is known",
                recipient=recipient,
                message_ids=ids,
                understood=False,
            )
    return Verdict(kind=outcome, reason=reason, recipient=recipient, message_ids=ids)


def _candidates(mail: Notice) -> list[str]:
    """Give the addresses that a notice names, without its own sender's and addressee's."""
    own = {
        box.addr
        for name in ("to", "from", "reply-to", "cc")
        for box in parse_list(mail.fields.get(name) or "")
    }
    found = [normalise(value) for value in _LABELLED.findall(mail.words[:10_000])[:10]]
    named = [addr for addr in dict.fromkeys([*found, *notice.mailboxes(mail.words)]) if addr]
    return [addr for addr in named if addr not in own and not _is_house_keeping(addr)]


def _is_house_keeping(addr: str) -> bool:
    local = addr.partition("@")[0]
    return local in machine_words.DAEMONS | machine_words.POSTMASTERS or local in ("abuse", "root")


def _recipient(mail: Notice) -> str | None:
    failed = (mail.fields.get("x-failed-recipients") or "").split(",")[0]
    if addr := normalise(failed.strip(" <>")):
        return addr
    written_to, named = notice.addressee(mail), _candidates(mail)
    if written_to in named:
        return written_to
    return named[0] if named else written_to


def _around(text: str, recipient: str | None) -> str:
    """Give the words about this recipient: from their address to the second blank line."""
    start = text.lower().find(recipient) if recipient else -1
    if start < 0:
        return ""
    said = text[start : start + 2_000]
    blocks = [block for block in re.split(r"\n[ \t]{0,40}\n", said) if block.strip()]
    return "\n".join(blocks[:3])[:_MOST_AROUND] if blocks else ""


def _around_all(mail: Notice) -> str:
    """Give all that the notice says, refusals first: its introduction is about every mail."""
    lines = [line for line in mail.words[:10_000].split("\n") if line.strip()]
    refused = [line for line in lines if _REFUSAL.search(line)]
    return "\n".join([*refused, mail.subject, *lines])[:4_000]
