"""The codes of a decision as clauses that an agent reads: one sentence for each, and no other.

Spans are counted from the decision. A time of day is told where the person is who is to be reached,
and says so; where that is not known there is a span instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gateway.clock import DAY, HOUR, MINUTE, SECOND
from gateway.core import hours

CHANNELS = {
    "sms": "SMS",
    "email": "e-mail",
    "chat": "the chat",
    "whatsapp": "WhatsApp",
    "push": "push",
    "app": "the store's app",
}
_OUTCOMES = {
    "queued": "it is going out",
    "submitting": "it is going out",
    "unknown": "nobody knows whether it arrived",
    "deferred": "the provider could not take it",
    "accepted": "no receipt came",
    "sent": "no receipt came",
    "returned": "it came back for now",
    "answered": "answered",
    "failed": "it was not delivered",
    "bounced": "it bounced",
    "delivered": "delivered",
    "read": "read",
    "superseded": "it was not needed",
    "withdrawn": "it was taken back",
}

_SO_FAR = dict.fromkeys(("accepted", "sent"), "no receipt so far")


def span(microseconds: int) -> str:
    """A span of time as people say it."""
    if microseconds < 2 * MINUTE:
        return f"{max(0, round(microseconds / SECOND))} s"
    if microseconds < 2 * HOUR:
        return f"{round(microseconds / MINUTE)} min"
    return f"{round(microseconds / HOUR)} h"


def until_when(until: int, at: int, zone: str | None) -> str:
    """Such as "until 08:00 in Berlin", or "for 3 h" for somebody whose zone is not known."""
    return f"until {_clock(until, at, zone)}" if zone else f"for {span(until - at)}"


def again_when(until: int, at: int, zone: str | None) -> str:
    """Such as "at 08:00 in Berlin", or "in 3 h"."""
    return f"at {_clock(until, at, zone)}" if zone else f"in {span(until - at)}"


def _clock(until: int, at: int, zone: str) -> str:
    there = datetime.fromtimestamp(until / SECOND, hours.zone(zone))
    day = there.strftime("%A ") if until - at >= DAY else ""
    city = zone.rsplit("/", 1)[-1].replace("_", " ")
    place = f"in {city}" if "/" in zone and not zone.startswith("Etc/") else city
    return f"{day}{there:%H:%M} {place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a clause may speak of besides its code; ``at`` is when it was decided.

    ``facts`` are those of the code. Ids in them say nothing to anybody, so whoever has names adds
    them: ``agent_name`` and ``person_name``, and ``zone`` for times of day.
    """

    who: str
    at: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    until: int | None = None
    zone: str | None = None
    cap: int | None = None  #: how often a day this person may be interrupted

    @property
    def channel(self) -> str:
        """By what, in words."""
        name = str(self.facts.get("channel", ""))
        return CHANNELS.get(name, name) or "another way"

    @property
    def outcome(self) -> str:
        """What became of the delivery that the code tells of."""
        return _OUTCOMES.get(str(self.facts.get("state", "")), "it did not arrive")

    @property
    def so_far(self) -> str:
        """The same of one that may still end otherwise."""
        return _SO_FAR.get(str(self.facts.get("state", "")), self.outcome)

    def ago(self, name: str) -> str:
        """How long before the decision this instant was."""
        found = self.facts.get(name)
        return span(self.at - found) if isinstance(found, int) else "some time"

    def span(self, name: str = "delay") -> str:
        """A span among the facts."""
        found = self.facts.get(name)
        return span(found) if isinstance(found, int) else "a while"

    def left(self, words: str = "for now") -> str:
        """Until when, else these words."""
        if self.until is None or self.until <= self.at:
            return words
        return until_when(self.until, self.at, self.zone)

    def again(self, words: str = "later") -> str:
        """When it opens, else these words."""
        if self.until is None or self.until <= self.at:
            return words
        return again_when(self.until, self.at, self.zone)

    def name(self, fact: str, otherwise: str) -> str:
        """A name that was looked up."""
        return str(self.facts.get(fact) or otherwise)


def reasons(it: Told) -> dict[str, str]:
    """Every reason as a clause that can follow *because*."""
    return _why_when(it) | _why_where(it)


def _why_when(it: Told) -> dict[str, str]:
    who, channel, named = it.who, it.channel, "channel" in it.facts
    agent = it.name("agent_name", "an agent")
    rule = it.facts.get("name")
    return {
        "nothing": f"there is nothing new for {who}",
        "under_way": f"it is going by {channel} now" if named else "it is going out now",
        "held": f"it went by {channel}: {it.so_far}" if named else "it is on its way already",
        "no_gateway": f"nobody can connect just now, so nobody knows whether {who} is there",
        "reading": f"{who} is reading; the chat is given {it.span()}",
        "on_page": f"{who} is on the page; the chat is given {it.span()}",
        "hidden": f"{who} has the page in another tab; it is given {it.span()}",
        "gone": f"{who} left the page {it.ago('since')} ago; the policy waits {it.span()}",
        "elsewhere": f"{who} wrote by {channel} last; the policy waits {it.span()}",
        "grace": f"the connection to {who} was lost {it.ago('lost_at')} ago and may come back",
        "grace_over": (
            f"the connection to {who} was lost {it.ago('lost_at')} ago and did not come back"
        ),
        "debounce": f"more may follow: the last message came {it.ago('last_at')} ago",
        "longest": (
            f"the first message has waited {it.ago('first_at')}, which is long enough whatever"
            " follows"
        ),
        "rule": f"the rule “{rule}” holds" if rule else "a rule of the policy holds",
        "asked": (
            f"{agent} asked for it once more"
            if it.facts.get("kind") == "resend"
            else f"{agent} asked for it now"
        ),
        "transcript": (
            f"{agent} asked for the whole conversation to be sent"
            if it.facts.get("agent")
            else f"{who} asked for the whole conversation"
        ),
        "left_alone": (
            f"{agent} wants it left in the chat"
            if it.facts.get("kind") == "chat_only"
            else f"the conversation is snoozed {it.left()}"
            if it.facts.get("kind") == "snoozed"
            else f"{agent} wants it left {it.left()}"
        ),
        "unanswered": (
            f"nobody has answered for {it.span()}" if "delay" in it.facts else "nobody has answered"
        ),
        "agent_present": "somebody is at the console, which gives longer",
        "paused": f"an agent has opened it and may be answering, {it.left('for some minutes')}",
    }


def _why_where(it: Told) -> dict[str, str]:
    who, channel, named = it.who, it.channel, "channel" in it.facts
    agent = it.name("agent_name", "an agent")
    return {
        "override": f"{agent} asked for {channel if named else 'this way'}",
        "last_act": f"{who} was last active by {channel}",
        "preference": f"{who} asked to be answered by {channel}",
        "ladder": f"{channel} is the first way that is open",
        "patience": f"{channel} opens soon enough to wait for",
        "no_way_yet": "no way is open yet, and the first to open is waited for",
        "escalated": f"{channel} did not reach {who}: {it.outcome}",
        "next_person": f"{it.name('person_name', 'the colleague told before')} has not answered",
        "retry": "it could not be taken there before",
        "resend": (
            f"nobody knows whether it arrived by {channel}, so the same goes out once more"
            if named
            else "nobody knows whether it arrived, so the same goes out once more"
        ),
        "knock": "the address is not proven, so it is asked first",
        "template": f"{_window(it)}; an approved template brings it",
        "nobody": "there is nobody to reach",
        "nobody_answered": "everybody on call was told and nobody answered",
        "no_address": f"no address of {who} is known",
        "no_way": "no address is left that may still be used",
        "blocked": f"the shopper was blocked {it.ago('at')} before",
    }


def verdicts(it: Told) -> dict[str, str]:
    """Every verdict on an address as a clause; ``who`` is whose address it is."""
    who, channel = it.who, it.channel
    often = f"{it.cap} times" if it.cap else "often enough"
    quiet = f"where {who} is" if it.zone else f"where {who} may be"
    return {
        "chosen": "this is where it goes",
        "next": "this is where it goes when the time has come",
        "after": "open, but another way comes first",
        "not_on_ladder": f"{channel} is not among the ways that the policy uses here",
        "not_wanted": f"{who} wants to be answered in the chat, and nowhere else",
        "no_consent": f"{who} has not agreed to be written to here",
        "stopped": f"{who} said STOP here",
        "stopped_here": f"{who} wants nothing of this conversation here",
        "failed": str(it.facts.get("why") or "the provider said that it does not work"),
        "used": f"this message had its one try here: {it.outcome}",
        "content_rejected": "the provider refused what this message says",
        "stale": "tried again and again for too long, and given up",
        "window": f"{_window(it)}, and no approved template brings this",
        "held": f"a message went here: {it.so_far}",
        "country_off": f"{channel} to {it.name('country', 'this country')} is switched off",
        "typed_later": f"{who} left it after this was written, and has not proven it since",
        "unproven": "not proven, and only a code typed into the chat proves it",
        "knock_first": "not proven, so it is asked before any words go there",
        "knock_waiting": f"asked whether it may be used; the answer is awaited {it.left()}",
        "knock_ignored": "asked once whether it may be used, and nobody said yes",
        "backing_off": f"it could not be taken there; tried again {it.again()}",
        "circuit_open": f"{channel} fails for everybody just now; tried again {it.again()}",
        "resting": f"it failed so often in a row that it is left alone {it.left()}",
        "quiet": f"quiet hours {quiet}, {it.left()}",
        "own_hours": f"outside the hours that {who} set, {it.left()}",
        "do_not_disturb": f"{who} is not to be disturbed, {it.left('until that changes')}",
        "spent": f"what this may cost today is spent; open again {it.again()}",
        "capped": f"interrupted {often} within a day; open again {it.again()}",
        "spaced": f"interrupted a moment ago; open again {it.again()}",
        "told": f"{who} was told of this already",
    }


def _window(it: Told) -> str:
    """Why free words do not get through: when the 24 hours ended, were there any."""
    closed = it.facts.get("closed")
    if not isinstance(closed, int):
        return f"{it.who} never wrote to us by {it.channel}"
    if closed > it.at:
        return (
            f"{it.channel} closes in {span(closed - it.at)}, 24 h after {it.who} last wrote there"
        )
    return f"{it.channel} closed {it.ago('closed')} ago, 24 h after {it.who} last wrote there"


def reason(code: str, facts: Mapping[str, Any], who: str, at: int) -> str:
    """One reason as a clause; ``facts`` are those of the code, and what ``Told`` knows besides."""
    until = facts.get("until")
    told = Told(
        who=who,
        at=at,
        facts=facts,
        until=until if isinstance(until, int) else None,
        zone=facts.get("zone"),
    )
    return reasons(told).get(code) or _unknown(code)


def verdict(code: str, told: Told) -> str:
    """One verdict on an address as a clause."""
    return verdicts(told).get(code) or _unknown(code)


def _unknown(code: str) -> str:
    """A code that a former version stored; no code of this one ends here."""
    return code.replace("_", " ")
