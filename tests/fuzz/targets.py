# ruff: noqa: E501  (tables read better on few lines)
"""What is fuzzed, from which seeds, and what must hold whatever comes in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gateway.channels.email import bounces, mime, parts
from gateway.channels.email.html import sanitise
from gateway.channels.email.quoting import visible_reply
from tests.fuzz.guided import Check

CORPUS = Path(__file__).parents[1] / "corpus"
OURS = "/gateway/channels/email/"
_MAIL_WORDS = (
    b"Content-Type: ", b"multipart/mixed; boundary=b\r\n", b"\r\n--b\r\n", b"--b--\r\n", b"\r\n\r\n",
    b"text/html", b"text/enriched", b"message/rfc822", b"application/ms-tnef", b"text/calendar",
    b"; charset=", b"iso-2022-jp", b"utf-7", b"utf-16", b"gb18030", b"idna", b"=?utf-8?Q?", b"?=",
    b"=?gb2312?B?", b"filename*0*=utf-8''%", b"filename*1=", b"Content-Transfer-Encoding: base64",
    b"quoted-printable", b"begin 644 a\n", b"\n`\nend\n", b"=ybegin name=x\n", b"\n=yend\n", b"\x1b$B",
    b"\x1b(B", b"\x0e", b"\x0f", b"\x00", b"\xff", b"\r", b"From ", b"Date: ", b"<html>", b"cid:",
    b"format=flowed; delsp=yes", b"\x78\x9f\x3e\x22\x00\x00", b"LZFu", b"\\htmltag", b"\\bin9 ", b"{", b"}",
    b"BEGIN:VEVENT\n", b"DTSTART:", b"\xef\xbb\xbf", b"message/partial", b"=", b";", b"\"", b"(", b"<",
    b"Action: failed\n", b"Final-Recipient: rfc822; a@b\n", b"Status: 5.1.1\n", b"Subject: ",
    b"message/delivery-status", b"Auto-Submitted: auto-replied\n", b"X-Failed-Recipients: a@b\n",
)  # fmt: skip
_REPLY_WORDS = (
    b"> ", b"\n> > ", b"On ", b" wrote:\n", b"-----Original Message-----\n", b"From: ", b"Sent: ", b"To: ",
    b"Subject: ", b"-- \n", b"__________\n", b"Sent from my ", b"\r\n", b"\xc2\xa0", b"<blockquote>",
    b"</blockquote>", b"<div class=\"gmail_quote\">", b"</div>", b"<br>", b"<table>", b"<td>", b"</p>",
    b"<!--", b"-->", b"&nbsp;", b"&#x", b"<pre>", b"\x01", b"Am ", b" schrieb ", b"\xe2\x80\x8f", b"|",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """One reader of hostile bytes."""

    check: Check
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...]


def _mime(raw: bytes) -> None:
    mail = mime.parse(raw)
    if mail is None:
        return
    words = [mail.text or "", mail.html or "", mail.subject, *mail.notes]
    words += [text for field in mail.headers for text in field]
    for file in mail.attachments:
        words.append(file.name)
        assert 0 < len(file.name) <= 160, "a file without a name that one can see"
        assert "/" not in file.name, "a name that leads elsewhere"
        assert "\\" not in file.name, "a name that leads elsewhere"
        assert file.name not in (".", ".."), "a name that leads elsewhere"
    everything = "".join(words)
    everything.encode()
    assert "\0" not in everything, "a NUL came out"
    decoded = sum(file.size for file in mail.attachments)
    # What is packed grows, but only up to what one envelope may unpack to.
    assert decoded <= len(raw) * 3 + 1_000, "files larger than the mail"
    assert len(everything) <= len(raw) * 8 + 6_000_000, "words much longer than the mail"
    assert len(mail.attachments) <= parts.MAX_PARTS * 200, "more files than parts"
    if mail.html:
        page = sanitise(mail.html).html.lower()
        assert "<script" not in page, "a script came through"
        assert "javascript:" not in page.replace("&amp;", "&").split(">", 1)[0], (
            "a script's address"
        )


def _quoting(raw: bytes) -> None:
    source = raw.decode("utf-8", "replace")
    for answer in (visible_reply(source, None), visible_reply(None, source)):
        answer.encode()
        assert "\0" not in answer, "a NUL came out"
        assert len(answer) <= 4 * len(source) + 1_000, "an answer longer than the mail"


def _bounces(raw: bytes) -> None:
    verdict = bounces.classify(raw)
    if verdict is not None:
        assert verdict.reason, "a verdict without a reason"
        assert len(verdict.reason) < 2_000, "a reason that nobody reads"
        f"{verdict.reason}{verdict.recipient}{verdict.message_ids}".encode()


@cache
def target(name: str) -> Target:
    """Give a target by its name.

    Raises:
        KeyError: there is none of this name.
    """
    mails = tuple(path.read_bytes() for path in sorted(CORPUS.rglob("*.eml")))
    if name == "quoting":
        bodies = [mail for mail in map(mime.parse, mails) if mail is not None]
        words = [each for mail in bodies for each in (mail.text, mail.html) if each]
        return Target(_quoting, tuple(each.encode() for each in words), _REPLY_WORDS)
    return Target({"mime": _mime, "bounces": _bounces}[name], mails, _MAIL_WORDS)


NAMES = ("mime", "quoting", "bounces")
