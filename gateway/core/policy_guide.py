"""The guide to the policy, made from the fields' own sentences and defaults.

``docs/policy.md`` is what ``guide`` returns; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import Field, fields
from typing import Any, Final

from gateway.core.policy import DAY, HOUR, MINUTE, SECOND, Policy, Rule
from gateway.core.policy_kinds import KINDS

SECTIONS: Final = (
    ("reading", "How long the chat is given"),
    ("unfocused", "What presence means"),
    ("ladder", "Which channels, in which order, at what price"),
    ("zone", "When, and how often"),
    ("receipt_deadline", "What becomes of an attempt"),
    ("staff_first", "The staff"),
    ("follow_up_after", "The matrix, and the rest"),
)
"""Each section of the table begins at a field, and goes on until the next begins."""

UNITS: Final = ((HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))

EXAMPLE: Final = """\
zone = "Europe/Berlin"
hours = ["Mon-Fri 09:00-18:00", "Sat 10:00-14:00"]
holidays = ["2026-12-25", "2026-12-26"]
quiet = { sms = ["21:00-08:00", "Sun 00:00-24:00"] }
page_groups = { checkout = ["/checkout", "/cart/*"] }

[[rules]]
name = "Checkout"
pages = ["checkout"]
where = ["on_page", "hidden"]
delay = 20

[[rules]]
name = "At night by mail"
open = false
where = ["gone"]
ladder = ["email"]

[[rules]]
name = "Follow-ups can wait"
what = ["follow_up"]
delay = 1800
longest = 3600
"""

_INTRODUCTION: Final = """\
# The policy: a store's rules for reaching

A policy is one document of named fields. Every field may be left out; what is left out has its
default, and the defaults are right for a shop. In the document spans are seconds. An unknown
field and a bad value are refused, and the error names the field, also within a rule
(`rules[2].delay`).

An address is *due* at the later of two instants: when the person has been where they are for the
delay of that place, and when the delay has passed since the last message, or `longest` since the
first. Then the first channel is used that is open; one that opens within `patience` is waited
for.
"""

_WINDOWS: Final = """\
## Windows

`Mon-Fri 09:00-18:00`, `Sat,Sun 10:00-14:00`, or without days, for every day, `21:00-08:00`. Days
are `Mon` to `Sun`. A window whose end is not after its start ends on the next day; the days say
on which it begins, so `Fri 22:00-02:00` ends on Saturday. `24:00` is the end of a day and
`00:00-24:00` all of it. Windows are read off the wall clock where the recipient may be (quiet
hours), where the person says they are (own hours) or where the store is (opening hours). An hour
that a change of clocks skips is in no window; one that it repeats is in them twice. With several
possible zones the strictest counts: it is quiet as long as it is quiet in one of them.
"""

_MATRIX: Final = """\
## The matrix

`rules` is a list. For each message the first rule counts of which every condition holds; what it
does not change stays as usual. A condition that is left out holds always. When several messages
wait, the rule of the oldest that still has a way sets the delay, and each message's own rule sets
its ladder and its quiet hours. A rule for the staff may ask only whether the store is open, and
may change only the delay and the ladder.
"""

_DEFINITIONS: Final = """\
## What the words mean

**Presence.** A person is where their most present tab is: `reading` (the panel is open in a
visible tab whose window has the focus), else `on_page` (a tab is visible and the panel shut),
else `hidden`, else `gone`. An open panel in a visible tab of a window without focus counts as
`unfocused` says.

**What is hidden?** A tab is there and its page says that it cannot be seen: another tab is in
front, the window is minimised, the phone is locked or shows another app.

**When is somebody gone?** `linger` after the last of their sockets closed or said goodbye, unless
another has come by then: a reload looks exactly like leaving.

**When is a socket half-open?** When it has acknowledged nothing for `silence`. It is closed by
us, and the person counts as though they had closed it. A message that went into it was never
seen, and is brought like any other.

**What is a lost node?** When a gateway stops or dies nobody has left. For `grace` the last
presence of its people counts, from the loss or from when sockets are accepted again, whichever is
later; then they are gone.

**How long does a last act count?** Writing, reading and opening the panel are acts; leaving is
none. Whoever last wrote by another channel than chat is `elsewhere` for `act_counts`: they are
answered there first, and in that live exchange neither quiet hours nor own hours, spacing nor the
cap count.

**What is an interruption?** Whatever made a phone or mailbox ring: words or a knock, handed over
and not known to have failed. They are counted over all conversations of a person, for 24 hours.

**What is a first answer, an answer, a follow-up?** The staff's first message of a conversation is
its `first_answer`. One that the staff write at least `follow_up_after` after their last, the
shopper not having written since, is a `follow_up`. All else is an `answer`.

**What may an agent override?** For what is unread: bring it `now` by one address, without delay
and spacing; leave it until an hour; leave it in the chat. The newest wish counts, and `as_usual`
takes the others back. None of them goes past consent, STOP, proof, quiet hours, own hours or the
cap.
"""


def guide() -> str:
    """The whole guide, as Markdown."""
    parts = [_INTRODUCTION, *_tables(), _WINDOWS, _MATRIX, _rules(), _DEFINITIONS]
    return "\n".join(parts)


def _tables() -> list[str]:
    begins = dict(SECTIONS)
    found: list[list[str]] = []
    for each in fields(Policy):
        if each.name in begins:
            found.append(
                [f"## {begins[each.name]}\n", "| field | default | meaning |", "|---|---|---|"]
            )
        found[-1].append(f"| `{each.name}` | {_default(each)} | {each.metadata['says']} |")
    return ["\n".join(rows) + "\n" for rows in found]


def _rules() -> str:
    rows = ["| field | meaning |", "|---|---|"]
    rows += [
        f"| `{each.name}` | {each.metadata['says']}{_choices(each)} |" for each in fields(Rule)
    ]
    table = "\n".join(rows)
    return f"{table}\n\nAn example, as TOML:\n\n```toml\n{EXAMPLE}```\n"


def _choices(each: Field[Any]) -> str:
    items = KINDS[each.metadata["kind"]].shape.get("items", {})
    words = each.metadata.get("of") or items.get("enum")
    return f" ({', '.join(f'`{word}`' for word in words)})" if words else ""


def _default(each: Field[Any]) -> str:
    kind, default = each.metadata["kind"], getattr(Policy(), each.name)
    if kind == "span":
        return _span(default)
    if kind == "rules":
        return "none"
    written = KINDS[kind].write(default)
    return _told(written) if written not in ([], {}, None) else "none"


def _told(written: object) -> str:
    if isinstance(written, dict):
        return "; ".join(f"`{name}`: {_told(value)}" for name, value in written.items())
    if isinstance(written, list):
        return ", ".join(map(_told, written))
    return f"`{written}`"


def _span(span: int) -> str:
    """In the largest unit that it is a whole number of."""
    if span > DAY and span % DAY == 0:
        return f"{span // DAY} days"
    size, unit = next(each for each in UNITS if span % each[0] == 0)
    return f"{span // size} {unit}"
