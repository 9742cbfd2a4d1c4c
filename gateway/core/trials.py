"""What was tried before at one address, and what that leaves to be tried.

An address is used once for a message, save after ``deferred`` and ``returned``; a mail, or
a call of the store's app, of unknown outcome may go out once more, anything else of unknown outcome
only because an agent wants that; and an address is knocked at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from gateway.core.delivery import NOT_NOW, RECEIPTED, entered_at, handed_at, held_until
from gateway.core.model import Address, Delivery, DeliveryState, Fact, Form, Message, Side

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gateway.core.policy import Policy

RESENT: Final = frozenset({"email", "app"})
"""Channels whose other side tells by its name that it has a message already (Message-ID,
webhook-id): of unknown outcome, it may go out once more under that name."""
OUT_OF_REACH: Final = 5 * 60 * 1_000_000
"""Microseconds: a phone that was off a moment ago is not tried again for so long."""
MOST_DOUBLINGS = 40
"""The back-off is capped by then for any policy; a number from outside never sizes an integer."""


class Trial(NamedTuple):
    """What history leaves: shut for a reason, or one more delivery of a form.

    ``opens`` is the end of a back-off, ``stale_at`` when trying again stops. ``until`` tells when a
    shut one is looked at again.
    """

    shut: str | None = None
    until: int | None = None
    opens: int | None = None
    stale_at: int | None = None
    form: Form = Form.WORDS
    attempt: int = 1
    resends: str | None = None
    facts: tuple[Fact, ...] = ()


UNTRIED: Final = Trial()


def backoff(attempt: int, policy: Policy) -> int:
    """How long to wait after this attempt (1 is the first) was not taken, or came back for now."""
    doublings = min(max(attempt - 1, 0), MOST_DOUBLINGS)
    return min(policy.backoff_first << doublings, policy.backoff_most)


def needs_proof(address: Address, policy: Policy) -> bool:
    """Whether words may go here only after the address has been proven."""
    return not address.proven and policy.prove_first(address.channel) != "straight"


def words_trial(
    tries: Sequence[Delivery],
    message: Message,
    policy: Policy,
    passed: Collection[str] = (),
) -> Trial:
    """What is left of an address for the words of one message.

    ``passed`` names deliveries of unknown outcome after which an agent wants it sent once more.
    """
    earlier = [each for each in tries if each.form is Form.WORDS and message.seq in each.seqs]
    if not earlier:
        return UNTRIED
    unknown = [each for each in earlier if each.state is DeliveryState.UNKNOWN]
    not_now = [each for each in earlier if each.state in NOT_NOW]
    spent = [each for each in earlier if each not in unknown and each not in not_now]
    guessed = [each for each in unknown if each.delivery_id not in passed]
    if not spent and guessed:
        # Nobody knows whether the phone rang: an SMS is never sent again by guess, a mail once.
        named = all(each.channel in RESENT for each in unknown)
        spent = [] if named and len(unknown) == 1 else guessed
    if spent:
        refused = any(each.content_rejected for each in spent)
        return Trial(shut="content_rejected" if refused else "used", facts=_facts(spent[-1]))
    trial = _again(earlier, not_now, policy, Form.WORDS, unknown[-1] if unknown else None)
    # What somebody wants sent once more is not too old for that.
    since = [handed_at(each) for each in earlier if each.delivery_id not in passed]
    return trial._replace(stale_at=min(since) + policy.stale_after if since else None)


def knock_trial(
    tries: Sequence[Delivery], address: Address, side: Side, policy: Policy, now: int
) -> Trial:
    """What is left of an address that is typed and not proven: its one knock, or its answer."""
    if side == "staff" or policy.prove_first(address.channel) == "code":
        return Trial(shut="unproven")
    knocks = [each for each in tries if each.form is Form.KNOCK]
    not_now = [each for each in knocks if each.state in NOT_NOW]
    known = [each for each in knocks if each not in not_now]
    ends = [held_until(each, policy) for each in known]
    if address.knocked_at is not None:
        ends.append(address.knocked_at + policy.knock_wait)
    waits = [end for end in ends if end is not None and end > now]
    if waits:
        return Trial(shut="knock_waiting", until=max(waits))
    if ends:
        return Trial(shut="knock_ignored", facts=_facts(known[-1]) if known else ())
    if not_now:
        return _again(not_now, not_now, policy, Form.KNOCK, None)
    return Trial(form=Form.KNOCK)


def _again(
    earlier: Sequence[Delivery],
    not_now: Sequence[Delivery],
    policy: Policy,
    form: Form,
    unknown: Delivery | None,
) -> Trial:
    opens = max((entered_at(each) + _pause(each, policy) for each in not_now), default=None)
    return Trial(
        form=form,
        attempt=max(each.attempt for each in earlier) + 1,
        opens=opens,
        stale_at=min(handed_at(each) for each in earlier) + policy.stale_after,
        resends=None if unknown is None else unknown.delivery_id,
        facts=_facts(earlier[-1]),
    )


def _pause(delivery: Delivery, policy: Policy) -> int:
    pause = backoff(delivery.attempt, policy)
    was_off = delivery.state is DeliveryState.RETURNED and delivery.channel in RECEIPTED
    return max(pause, OUT_OF_REACH) if was_off else pause


def _facts(delivery: Delivery) -> tuple[Fact, ...]:
    return (("delivery", delivery.delivery_id), ("state", str(delivery.state)))
