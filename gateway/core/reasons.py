"""Every code that a decision may carry, with its one plain meaning.

The codes are stable: they are stored with decisions and turned into sentences elsewhere. Facts are
instants and spans in microseconds, ids, channels and states; never an address or a body.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from gateway.core.model import Fact, Reason

REASONS: Final = MappingProxyType(
    {
        # Nothing to do, or nothing to do yet.
        "nothing": "nothing is unread (shopper) or unanswered (staff)",
        "under_way": "one delivery is queued or in the provider's hands",
        "held": "a delivery holds messages; its state says for how long",
        "no_gateway": "nobody can connect just now, so presence cannot be known; a full grace",
        # Where the person is, and for how long they are given.
        "reading": "the panel is open and the tab visible",
        "on_page": "the tab is visible, the panel shut",
        "hidden": "a tab is there, none visible",
        "gone": "they left",
        "elsewhere": "their last act was by another channel than chat",
        "grace": "we lost sight of them; their last presence still counts",
        "grace_over": "we lost sight of them and they did not come back in time: they are gone",
        "debounce": "more messages may follow the last one",
        "longest": "the first message has waited as long as any may, however many follow",
        "rule": "a rule of the policy's matrix holds",
        "asked": "an agent asked for it now",
        "transcript": "the shopper, or an agent, asked for the whole conversation",
        "left_alone": "an agent wants it left for now, or in the chat for good",
        "unanswered": "staff: the first message has been unanswered for so long",
        "agent_present": "staff: somebody who may answer has the console in sight",
        "paused": "staff: an agent opened the conversation and may be answering",
        # Which way, and why this one.
        "override": "an agent asked for this way",
        "last_act": "their last act was at this address",
        "preference": "the first way of those that they like best",
        "ladder": "the first way on the policy's ladder that is open",
        "patience": "the way opens soon enough to be waited for",
        "no_way_yet": "no way is open or opens soon; the nearest opening is waited for",
        "escalated": "an earlier delivery of the same message did not reach them",
        "next_person": "staff: whoever was told before has not answered within their rung",
        "retry": "it was not taken before, or came back for now; certainly not there",
        "resend": "what is of unknown outcome goes out once more; a mail under its Message-ID",
        "knock": "the address is typed and not proven: it is asked first",
        "template": "outside WhatsApp's 24 hours: an approved template brings it",
        # Nothing is left.
        "nobody": "there is nobody to reach",
        "nobody_answered": "staff: everybody has been told and nobody answered",
        "no_address": "no address is known",
        "no_way": "every address is barred or used up",
        "blocked": "an agent has blocked the shopper: they reach nobody, and nothing is brought",
    }
)

VERDICTS: Final = MappingProxyType(
    {
        "chosen": "the delivery goes here",
        "next": "would be chosen once the time has come",
        "after": "open, but further down the ladder",
        "not_on_ladder": "the policy's ladder does not name this channel",
        "not_wanted": "they want to be answered in the chat, not here",
        "no_consent": "no consent for support here",
        "stopped": "they said STOP here",
        "stopped_here": "they want nothing of this conversation here",
        "failed": "the provider said never, for this address",
        "used": "it had its try for this message",
        "content_rejected": "the provider refused what this message says, here",
        "stale": "tried again and again for too long",
        "window": "outside WhatsApp's 24 hours, and no approved template brings this",
        "held": "a delivery to it is under way",
        "country_off": "the policy texts nobody in this number's country",
        "typed_later": "typed after this message was written, and not proven since",
        "unproven": "not proven, and proven only by a code",
        "knock_first": "not proven: a knock goes before any words",
        "knock_waiting": "asked by a knock, whose answer is still awaited",
        "knock_ignored": "asked by a knock once, and not proven since",
        "backing_off": "not taken, or came back for now; tried again after a while",
        "circuit_open": "the channel itself is failing and left alone for now",
        "resting": "it failed so often in a row that it is left alone for now",
        "quiet": "quiet hours where they may be",
        "own_hours": "outside the hours that they set for themselves",
        "do_not_disturb": "staff: they do not want to be disturbed now",
        "spent": "what it may cost today is spent, for the store or for this person",
        "capped": "the person was interrupted often enough for a day",
        "spaced": "the person was interrupted a moment ago",
        "told": "staff: told of this already, or it came in their rung",
    }
)


def reason(code: str, facts: tuple[Fact, ...] = ()) -> Reason:
    """One step of a decision; ``code`` is one of ``REASONS``."""
    return Reason(code, facts)
