# ruff: noqa: E501  (tables read better on one line)
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email import bounces

MAIL = Path(__file__).parents[3] / "corpus" / "mail"
OURS = "<d2.a2@in.acme.example>"
VERA = "vera@home.example"


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("postfix_dsn", "hard", "no such mailbox"),
        ("qmail_bounce", "hard", "no mailbox here"),
        ("exim_bounce", "soft", "the mailbox is full"),
        ("auto_reply", "auto_reply", "Auto-Submitted"),
        ("read_receipt", "read_receipt", "opened"),
        ("complaint", "complaint", "abuse"),
    ],
)
def test_a_machine_tells_of_veras_mailbox(name: str, kind: str, words: str) -> None:
    verdict = bounces.classify((MAIL / f"{name}.eml").read_bytes())
    assert verdict is not None
    assert (verdict.kind, verdict.recipient) == (kind, VERA)
    assert words in verdict.reason
    assert verdict.message_ids[0] == OURS


@pytest.mark.parametrize(
    "name",
    ["gmail_reply", "outlook_reply", "apple_reply", "calendar", "unknown_charset", "broken_mime"],
)
def test_what_vera_wrote_herself_is_no_machines(name: str) -> None:
    assert bounces.classify((MAIL / f"{name}.eml").read_bytes()) is None


def _report(action: str, status: str, answer: str = "") -> bytes:
    diagnostic = f"Diagnostic-Code: smtp; {answer}\n" if answer else ""
    return (
        "From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; boundary=b;"
        " report-type=delivery-status\n\n--b\n\nSorry\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {VERA}\nAction: {action}\n"
        f"Status: {status}\n{diagnostic}\n--b\nContent-Type: message/rfc822\n\n"
        f"Message-ID: {OURS}\n\nHello\n--b--\n"
    ).encode()


@pytest.mark.parametrize(
    ("action", "status", "answer", "kind"),
    [
        ("failed", "5.1.1", "550 5.1.1 user unknown", "hard"),
        ("failed", "5.1.1", "", "hard"),
        ("failed", "5.1.10", "556 5.1.10 null MX", "hard"),
        ("failed", "5.1.2", "", "hard"),
        ("failed", "5.1.8", "550 5.1.8 sender domain does not exist", "soft"),
        ("failed", "5.2.1", "550 5.2.1 The account is disabled", "hard"),
        ("failed", "5.2.2", "552 5.2.2 Mailbox full", "soft"),
        ("failed", "5.2.3", "552 5.2.3 too large", "soft"),
        ("failed", "5.3.4", "552 5.3.4 message size exceeds fixed limit", "soft"),
        ("failed", "5.4.4", "Host or domain name not found", "hard"),
        ("failed", "5.4.1", "550 5.4.1 Recipient address rejected: Access denied.", "hard"),
        ("failed", "5.4.6", "554 5.4.6 routing loop", "soft"),
        ("failed", "5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable", "hard"),
        ("failed", "5.7.1", "550 5.7.1 blocked using a block list", "soft"),
        ("failed", "5.7.1", "554 5.7.1 Spam message rejected", "soft"),
        ("failed", "5.7.26", "550 5.7.26 unauthenticated: SPF record does not exist", "soft"),
        ("failed", "5.7.1", "550 5.7.1 No such user here", "hard"),
        ("failed", "5.0.0", "550 5.1.1 User unknown", "hard"),
        ("failed", "5.0.0", "550 5.7.1 rejected due to policy", "soft"),
        ("failed", "5.0.0", "550 No such user", "hard"),
        ("failed", "5.0.0", "554 rejected", "soft"),
        ("failed", "5.0.0", "550 too many messages from your network", "soft"),
        ("failed", "4.4.7", "delivery time expired", "soft"),
        ("failed", "4.2.2", "452 4.2.2 mailbox full", "soft"),
        ("delayed", "4.4.1", "connection timed out", "delayed"),
        ("relayed", "2.0.0", "", "relayed"),
        ("delivered", "2.1.5", "250 2.1.5 OK", "relayed"),
        ("expanded", "2.0.0", "", "relayed"),
    ],
)
def test_a_report_says_what_became_of_adas_mail(
    action: str, status: str, answer: str, kind: str
) -> None:
    verdict = bounces.classify(_report(action, status, answer))
    assert verdict is not None
    assert (verdict.kind, verdict.recipient, verdict.message_ids) == (kind, VERA, (OURS,))
    assert verdict.reason


def test_the_worst_of_several_recipients_counts() -> None:
    raw = _report("delivered", "2.0.0").replace(
        b"\n--b\nContent-Type: message/rfc822",
        b"\nFinal-Recipient: rfc822; bob@home.example\nAction: failed\nStatus: 5.1.1\n"
        b"\n--b\nContent-Type: message/rfc822",
    )
    verdict = bounces.classify(raw)
    assert verdict is not None
    assert (verdict.kind, verdict.recipient) == ("hard", "bob@home.example")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ("Auto-Submitted: auto-generated", "auto_reply"),
        ("Auto-Submitted: auto-replied; owner-email=x", "auto_reply"),
        ("Auto-Submitted: no", None),
        ("Precedence: bulk", None),
        ("Precedence: Auto_Reply", "auto_reply"),
        ("Precedence: first-class", None),
        ("X-Autoreply: yes", "auto_reply"),
        ("X-Autorespond: x", "auto_reply"),
        ("X-Auto-Reply-From: x@y.example", "auto_reply"),
        ("List-Id: <l.acme.example>", None),
        ("Precedence: list\nList-Id: <l.acme.example>", None),
        ("Return-Path: <>", "auto_reply"),
        ("X-Auto-Response-Suppress: All", None),
        ("Subject: Out of office", None),
        ("Subject: Automatische Antwort: x\nX-Auto-Response-Suppress: All", None),
        ("Subject: Question about your vacation offer", None),
    ],
)
def test_header_fields_tell_a_program_from_vera(fields: str, kind: str | None) -> None:
    verdict = bounces.classify(f"From: Vera <{VERA}>\n{fields}\n\nHello\n".encode())
    assert (verdict.kind if verdict else None) == kind


@pytest.mark.parametrize(
    ("submitted", "kind"), [("auto-generated", None), ("auto-replied", "auto_reply")]
)
def test_an_invitation_that_vera_accepts_is_her_act_and_a_rooms_acceptance_is_not(
    submitted: str, kind: str | None
) -> None:
    raw = (
        f"From: Vera <{VERA}>\nSubject: Accepted: Fitting\nAuto-Submitted: {submitted}\n"
        "Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n"
    ).encode()
    verdict = bounces.classify(raw)
    assert (verdict.kind if verdict else None) == kind


def test_what_is_wrapped_by_exchange_or_in_xtext_is_veras_address_still() -> None:
    wrapped = "IMCEASMTP-vera+40home+2Eexample@mail.home.example"
    for stated in (wrapped, f"<{VERA}>", f"{VERA} (Vera)", "VERA@Home.Example"):
        verdict = bounces.classify(
            _report("failed", "5.1.1").replace(VERA.encode(), stated.encode())
        )
        assert verdict is not None
        assert verdict.recipient == VERA


def test_two_weak_hints_make_an_automatic_reply() -> None:
    raw = b"From: noreply@shop.example\nSubject: Automatic reply: x\n\nThank you for writing\n"
    verdict = bounces.classify(raw)
    assert verdict is not None
    assert verdict.kind == "auto_reply"


def test_a_daemon_without_a_known_form_is_no_reason_to_give_the_address_up() -> None:
    verdict = bounces.classify(b"From: MAILER-DAEMON\nSubject: hm\n\nsomething odd\n")
    assert verdict is not None
    assert verdict.kind == "soft"


def test_a_warning_in_words_is_a_delay() -> None:
    raw = (
        b"From: Mail Delivery System <Mailer-Daemon@mx.example>\nSubject: Warning: message delayed"
        b" 24 hours\nX-Failed-Recipients: vera@home.example\n\nThis message was created"
        b" automatically by mail delivery software.\nNo action is required on your part.\n"
    )
    verdict = bounces.classify(raw)
    assert verdict is not None
    assert (verdict.kind, verdict.recipient) == ("delayed", VERA)


def test_a_receipt_that_vera_never_opened_the_mail_is_not_a_reading() -> None:
    raw = (MAIL / "read_receipt.eml").read_bytes().replace(b"; displayed", b"; deleted")
    verdict = bounces.classify(raw)
    assert verdict is not None
    assert verdict.kind == "auto_reply"


@pytest.mark.parametrize(
    "says", [b"", b"Disposition: manual-action/MDN-sent-manually; deleted\r\n"]
)
def test_a_receipt_called_not_read_is_no_reading_whatever_became_of_its_lines(says: bytes) -> None:
    raw = (
        b"From: vera@home.example\r\nSubject: Not read: Your order\r\nContent-Type: multipart/report;"
        b" report-type=disposition-notification; boundary=b\r\n\r\n--b\r\r\n\r\r\nNo.\r\r\n--b\r\r\n"
        b"Content-Type: message/disposition-notification\r\r\n\r\r\n"
        b"Final-Recipient: rfc822; vera@home.example\r\r\n" + says + b"\r\r\n--b--\r\n"
    )
    verdict = bounces.classify(raw)
    assert verdict is not None
    assert (verdict.kind, verdict.recipient) == ("auto_reply", VERA)


def test_a_report_whose_line_ends_a_server_doubled_is_read_whole() -> None:
    head, blank, body = (MAIL / "postfix_dsn.eml").read_bytes().partition(b"\n\n")
    whole = bounces.classify(head + blank + body)
    doubled = bounces.classify(
        head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body.replace(b"\n", b"\r\r\n")
    )
    assert doubled is not None
    assert doubled == whole


def test_vera_who_says_it_was_not_spam_does_not_complain() -> None:
    raw = (MAIL / "complaint.eml").read_bytes().replace(b"Type: abuse", b"Type: not-spam")
    verdict = bounces.classify(raw)
    assert verdict is not None
    assert verdict.kind == "auto_reply"


def test_the_words_of_a_returned_mail_do_not_judge_it() -> None:
    verdict = bounces.classify((MAIL / "qmail_bounce.eml").read_bytes())
    assert verdict is not None
    assert verdict.kind == "hard"  # The copy below says "delayed" and "try again".


@given(st.binary(max_size=600))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    bounces.classify(raw)


@given(st.sampled_from(sorted(MAIL.glob("*.eml"))), st.data())
def test_no_damage_on_the_way_makes_it_raise(path: Path, data: st.DataObject) -> None:
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        cut = data.draw(st.integers(0, 40))
        raw[at : at + cut] = data.draw(st.binary(max_size=40))
        raw = raw or bytearray(b"\n")
    bounces.classify(bytes(raw))
