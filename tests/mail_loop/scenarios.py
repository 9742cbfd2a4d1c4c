"""What happens to mail in the world, each played through real programs.

A scenario says what came of it as a text that is compared with what was expected; facts are read
from the gateway's database and from the mailboxes, never from what the gateway tells of itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.demo import MAIL_DOMAIN
from tests.mail_loop.dovecot import NO_DOUBLES, VACATION, VACATION_FOR_ALL, forwards_to
from tests.mail_loop.house import House, Row

ANSWER = "Yes, it is."
SUPPORT = f"support@{MAIL_DOMAIN}"
GREY = "grey@shopper.example"
SLOW = "late@slow.example"
NORA = "nora@shopper.example"
PHONE = "+14155550142"

#: the store's own mailbox is read by IMAP; what is answered to Reply-To goes to the listener
#: everybody with a mailbox, and their Sieve script
MAILBOXES = {
    "mutt@shopper.example": "",
    "nail@shopper.example": "",
    "large@shopper.example": "",
    "away@shopper.example": VACATION_FOR_ALL,
    "silent@shopper.example": VACATION,
    "fwd@shopper.example": forwards_to(NORA),
    "hand@shopper.example": "",
    SUPPORT: "",
    NORA: "",
    GREY: "",
    "once@shopper.example": NO_DOUBLES,
    "twice@shopper.example": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """``run`` says what came; ``expected`` is what it should say."""

    name: str
    expected: str
    run: Callable[[House], Awaitable[str]]


async def _mutt_replies(house: House) -> str:
    vera = await house.shopper("mutt@shopper.example")
    await house.answers(vera, ANSWER)
    await vera.has_mail()
    await house.readers.mutt_answers(vera.mailbox, "Then I take it.")
    await house.until("her words", lambda: vera.said)
    return f"{_addressed(house, vera.mailbox)}: {vera.said}, {vera.hops}"


async def _s_nail_replies(house: House) -> str:
    vera = await house.shopper("nail@shopper.example")
    await house.answers(vera, ANSWER)
    await vera.has_mail()
    await house.readers.s_nail_answers(vera.mailbox, "Send it today.")
    await house.until("her words", lambda: vera.said)
    return f"{_addressed(house, vera.mailbox)}: {vera.said}, {vera.hops}"


async def _unknown_user(house: House) -> str:
    vera = await house.shopper("nobody@shopper.example", phone=PHONE)
    await house.answers(vera, ANSWER)
    # The first text to a phone that was just left is a code.
    texts = await house.until(
        "the text", lambda: [each for each in house.carrier.to(PHONE) if ANSWER in each]
    )
    address = house.rows("SELECT failed_because FROM address WHERE value = ?", vera.mailbox)[0]
    known = "user doesn't exist" in address["failed_because"].lower()
    await vera.has("email bounced", "sms accepted")
    return f"{vera.hops}, address given up: {known}, texts: {len(texts)}, said: {vera.said}"


async def _delayed(house: House) -> str:
    vera = await house.shopper(SLOW)
    await house.answers(vera, ANSWER)
    kept = await house.until("the warning", lambda: _inbound(house, "delayed"))
    hops = await house.stays(lambda: vera.hops)
    return f"{kept[0]['state']} as {kept[0]['outcome']}, {hops}, said: {vera.said}"


async def _vacation(house: House) -> str:
    vera = await house.shopper("away@shopper.example")
    await house.answers(vera, ANSWER)
    kept = await house.until("the answer", lambda: _inbound(house, "auto_reply"))
    hops = await house.stays(lambda: vera.hops)
    whole = b"I am at the sea" in kept[0]["raw"]
    return f"{kept[0]['state']} as auto_reply, whole: {whole}, {hops}, said: {vera.said}"


async def _no_vacation(house: House) -> str:
    vera = await house.shopper("silent@shopper.example")
    before = len(_inbound(house, "auto_reply"))
    await house.answers(vera, ANSWER)
    await vera.has_mail()
    more = await house.stays(lambda: len(_inbound(house, "auto_reply")) - before)
    return f"automatic answers: {more}, {vera.hops}, said: {vera.said}"


async def _too_large(house: House) -> str:
    vera = await house.shopper("large@shopper.example", phone="+14155550143")
    # Three octets each in UTF-8, and in the mail twice: as text and as HTML.
    await house.answers(vera, "\N{EURO SIGN}" * 9_900)
    await house.until("another way", lambda: len(vera.hops) > 1 or None)
    row = vera.deliveries[0]
    good = house.rows("SELECT 1 FROM address WHERE value = ? AND failed_at IS NULL", vera.mailbox)
    first = f"{vera.hops[0]} ({row['error_code']})"
    return f"{first}, address kept: {bool(good)}, then {vera.deliveries[1]['channel']}"


async def _sent_on_by_sieve(house: House) -> str:
    vera = await house.shopper("fwd@shopper.example")
    before = len(house.dovecot.letters(NORA))
    await house.answers(vera, ANSWER)
    await house.until("Nora's copy", lambda: len(house.dovecot.letters(NORA)) > before)
    await house.readers.mutt_answers(NORA, "Who is this?")
    return f"{await _opened_by(house, NORA)}, in Vera's: {vera.said}"


async def _sent_on_by_hand(house: House) -> str:
    vera = await house.shopper("hand@shopper.example")
    await house.answers(vera, ANSWER)
    await vera.has_mail()
    await house.readers.mutt_forwards(vera.mailbox, SUPPORT, "For your files.")
    rows = await house.until("the forward", lambda: _from(house, vera.mailbox))
    elsewhere = rows[0]["conversation_id"] != vera.conversation_id
    words = house.rows(
        "SELECT body FROM entry WHERE conversation_id = ? AND kind = 'message' ORDER BY seq",
        rows[0]["conversation_id"],
    )[-1]["body"]
    return f"{rows[0]['outcome']}, elsewhere: {elsewhere}, new words first: {words.splitlines()[0]}"


async def _greylisted(house: House) -> str:
    vera = await house.shopper(GREY)
    await house.answers(vera, ANSWER)
    await vera.has("email deferred", "email accepted")
    await vera.has_mail()
    refused = vera.deliveries[0]["error_code"]
    return f"{refused}, {vera.hops}, in the mailbox: {len(vera.letters)}"


async def _line_breaks(house: House, mailbox: str) -> str:
    vera = await house.shopper(mailbox)
    house.line.breaks.add(mailbox)
    await house.answers(vera, ANSWER)
    await vera.has("email unknown", "email accepted")
    taken = await house.stays(lambda: vera.letters)
    ids = {str(letter["Message-ID"]) for letter in taken}
    sent = {row["message_id"] for row in vera.deliveries}
    return f"{vera.hops}, in the mailbox: {len(taken)}, same Message-ID: {ids == sent}"


async def _line_breaks_once(house: House) -> str:
    return await _line_breaks(house, "once@shopper.example")


async def _line_breaks_twice(house: House) -> str:
    return await _line_breaks(house, "twice@shopper.example")


def _from(house: House, mailbox: str) -> list[Row]:
    return house.rows(
        "SELECT * FROM inbound WHERE state = 'done' AND json_extract(envelope, '$.from') = ?",
        mailbox,
    )


def _inbound(house: House, outcome: str) -> list[Row]:
    return house.rows("SELECT * FROM inbound WHERE outcome = ?", outcome)


def _addressed(house: House, mailbox: str) -> str:
    """Which of our addresses somebody's program answered."""
    row = _from(house, mailbox)[0]
    to = "to From" if SUPPORT in row["envelope"] else "to Reply-To"
    marked = list(house.dovecot.folder(SUPPORT).glob("cur/*S*"))
    return f"{to}, by IMAP" if marked and SUPPORT in row["envelope"] else to


async def _opened_by(house: House, mailbox: str) -> str:
    rows = await house.until(f"mail of {mailbox}", lambda: _from(house, mailbox))
    return str(rows[0]["outcome"])


SCENARIOS = (
    Scenario(
        name="mutt answers Reply-To",
        expected="to Reply-To: ['Then I take it.'], ['email read']",
        run=_mutt_replies,
    ),
    Scenario(
        name="s-nail answers From, read by IMAP",
        expected="to From, by IMAP: ['Send it today.'], ['email read']",
        run=_s_nail_replies,
    ),
    Scenario(
        name="Postfix's DSN: unknown user",
        expected="['email bounced', 'sms accepted'], address given up: True, texts: 1, said: []",
        run=_unknown_user,
    ),
    Scenario(
        name="Postfix's DSN: delayed",
        expected="done as delayed, ['email accepted'], said: []",
        run=_delayed,
    ),
    Scenario(
        name="Sieve's vacation answer",
        expected="done as auto_reply, whole: True, ['email accepted'], said: []",
        run=_vacation,
    ),
    Scenario(
        name="a vacation that heeds List-Unsubscribe",
        expected="automatic answers: 0, ['email accepted'], said: []",
        run=_no_vacation,
    ),
    Scenario(
        name="larger than the relay's SIZE",
        expected="email failed (size), address kept: True, then sms",
        run=_too_large,
    ),
    Scenario(
        name="sent on by Sieve, Nora answers",
        expected="opens, in Vera's: []",
        run=_sent_on_by_sieve,
    ),
    Scenario(
        name="sent on by hand, to the store",
        expected="opens, elsewhere: True, new words first: For your files.",
        run=_sent_on_by_hand,
    ),
    Scenario(
        name="greylisted, then taken",
        expected="450 4.7.1, ['email deferred', 'email accepted'], in the mailbox: 1",
        run=_greylisted,
    ),
    Scenario(
        name="dropped after DATA, Sieve drops doubles",
        expected="['email unknown', 'email accepted'], in the mailbox: 1, same Message-ID: True",
        run=_line_breaks_once,
    ),
    Scenario(
        name="dropped after DATA, doubles are kept",
        expected="['email unknown', 'email accepted'], in the mailbox: 2, same Message-ID: True",
        run=_line_breaks_twice,
    ),
)
