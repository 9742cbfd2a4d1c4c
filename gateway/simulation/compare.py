"""Where two outcomes of one story differ, delivery by delivery, and how to say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from gateway.core.policy import DAY, HOUR, MINUTE, SECOND
from gateway.simulation.outcomes import CLOSE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.core.model import Side
    from gateway.simulation.replay import Outcome, Sent

KINDS: Final = {
    "not_sent": "sent then, not under this policy",
    "sent": "not sent then, sent under this policy",
    "other_way": "by another channel, to another address or in another form",
    "other_time": "at another time",
    "other_messages": "with other messages in it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One delivery that the other outcome has not, or has otherwise; one of the two may be None."""

    kind: str
    conversation_id: str
    side: Side
    then: Sent | None
    now: Sent | None

    def sentence(self) -> str:
        """It in words, for a person who knows the shop."""
        whom = "the shopper" if self.side == "shopper" else "an agent"
        head = f"{self.conversation_id}: "
        if self.now is None and self.then is not None:
            return f"{head}{whom} got {_way(self.then)}; under this policy nothing is sent."
        if self.then is None and self.now is not None:
            return f"{head}{whom} got nothing; under this policy {_way(self.now)} is sent."
        if self.then is None or self.now is None:
            raise ValueError("a disagreement is about at least one delivery")
        if self.kind == "other_time":
            apart = self.now.at - self.then.at
            when = "later" if apart > 0 else "sooner"
            return f"{head}{whom} got {_way(self.then)}; under this policy {_span(apart)} {when}."
        return f"{head}{whom} got {_way(self.then)}; under this policy {_way(self.now)}."


def disagreements(conversation_id: str, then: Outcome, now: Outcome) -> tuple[Disagreement, ...]:
    """Pair the deliveries of two outcomes, each with the likest of its side, and tell the rest."""
    if not then.sent and not now.sent:
        return ()
    found: list[Disagreement] = []
    for side in ("shopper", "staff"):
        olds = [each for each in then.sent if each.side == side]
        news = [each for each in now.sent if each.side == side]
        for old, new in _pairs(olds, news):
            kind = _kind(old, new)
            if kind is not None:
                found.append(
                    Disagreement(
                        kind=kind, conversation_id=conversation_id, side=side, then=old, now=new
                    )
                )
    return tuple(found)


def _pairs(olds: Sequence[Sent], news: Sequence[Sent]) -> list[tuple[Sent | None, Sent | None]]:
    found: list[tuple[Sent | None, Sent | None]] = []
    left_olds, left_news = list(olds), list(news)
    for is_like in (_same, _same_way, _same_words):
        for old in list(left_olds):
            new = next((each for each in left_news if is_like(old, each)), None)
            if new is not None:
                left_olds.remove(old)
                left_news.remove(new)
                found.append((old, new))
    found += [(old, None) for old in left_olds]
    found += [(None, new) for new in left_news]
    return found


def _same(old: Sent, new: Sent) -> bool:
    return _same_way(old, new) and abs(old.at - new.at) <= CLOSE


def _same_way(old: Sent, new: Sent) -> bool:
    return old.address_id == new.address_id and old.form is new.form and bool(old.seqs & new.seqs)


def _same_words(old: Sent, new: Sent) -> bool:
    return bool(old.seqs & new.seqs)


def _kind(old: Sent | None, new: Sent | None) -> str | None:
    if old is None:
        return "sent"
    if new is None:
        return "not_sent"
    if not _same_way(old, new):
        return "other_way"
    if abs(old.at - new.at) > CLOSE:
        return "other_time"
    return None if old.seqs == new.seqs else "other_messages"


_NAMES: Final = {"sms": "an SMS", "email": "an e-mail", "whatsapp": "a WhatsApp message"}


def _way(sent: Sent) -> str:
    name = _NAMES.get(sent.channel, f"a {sent.channel} message")
    if sent.form == "knock":
        name = f"{name} that asks first"
    seqs = ", ".join(f"#{seq}" for seq in sorted(sent.seqs))
    at = datetime.fromtimestamp(sent.at // SECOND, UTC)
    return f"{name} with {seqs} on {at:%d %b at %H:%M:%S}"


def _span(span: int) -> str:
    span = abs(span)
    for unit, name in ((DAY, "days"), (HOUR, "h"), (MINUTE, "min")):
        if span >= unit:
            return f"{span / unit:.1f} {name}"
    return f"{span // SECOND} s"
