"""Which conversation an agent's answer from their own phone or mailbox belongs to (behaviour 22).

A code decides. Without one, what was told of last is answered only while nothing else may be meant:
an answer that went to the wrong shopper cannot be taken back, so the agent is asked instead.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.core.inbound import Choice, Match, age, answers, arrived, because

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.core.inbound import MailEvidence, Named, Sent, TextEvidence


def text_of_agent(evidence: TextEvidence) -> Match | None:
    """What an agent's text answers; None when the sender is none, or was told of nothing."""
    agent_id = evidence.agent_id
    if agent_id is None:
        return None
    told: dict[str, Sent] = {}
    for each in sorted(arrived(evidence.told), key=age):
        told[each.conversation_id] = each
    if evidence.code is not None and evidence.named is not None:
        found = _coded_by_agent(agent_id, evidence.named)
        if found is not None:
            return found
    if not told:
        return None
    behind = _behind(list(told.values()), evidence.fresh_after)
    if evidence.code is not None:
        return _asks(agent_id, behind, "unknown_code")
    if len(behind) == 1:
        return answers("agent", behind[0], "proven_agent")
    return _asks(agent_id, behind, "which")


def _behind(told: Sequence[Sent], fresh_after: int) -> list[Sent]:
    """The conversations that an agent's text without a code may be about, newest first.

    ``told`` holds the last notice of each, oldest first. Those told of since the agent's last
    answer count. If there are none they go on with what they answered, unless more was in it.
    """
    answered_at = max(each.answered_at for each in told)
    since = [
        each
        for each in told
        if each.handed_at > answered_at and (not each.settled or each.handed_at >= fresh_after)
    ]
    left = since or [
        each
        for each in told
        if 0 < each.answered_at == answered_at
        or (not each.settled and each.answered_at < each.handed_at)
    ]
    return (left or list(told[-1:]))[::-1]


def _coded_by_agent(agent_id: str, named: Named) -> Match | None:
    """A code leads an agent to what they were told of at this address, or what is theirs."""
    told = [each for each in arrived(named.sent) if each.side == "staff"]
    if told:
        return replace(answers("agent", max(told, key=age), "coded"), coded=True)
    if named.assignee_id != agent_id:
        return None
    return Match(
        kind="agent",
        why=because("coded"),
        conversation_id=named.conversation_id,
        person_id=agent_id,
        coded=True,
    )


def _asks(agent_id: str, behind: Sequence[Sent], why: str) -> Match:
    return Match(
        kind="asks",
        why=because(why),
        person_id=agent_id,
        delivery_id=behind[0].delivery_id,
        choices=tuple(
            Choice(number=each.number, conversation_id=each.conversation_id) for each in behind
        ),
    )


def mail_of_agent(evidence: MailEvidence, sent: Sent, how: str) -> Match:
    """A code outranks what the mail answers; what told of several is no answer without one."""
    told = {each.conversation_id: each for each in (sent, *evidence.told)}
    if evidence.code is not None:
        found = None if evidence.named is None else _coded_by_agent(sent.person_id, evidence.named)
        return found or _asks(sent.person_id, list(told.values()), "unknown_code")
    if len(told) > 1:
        return _asks(sent.person_id, list(told.values()), "which")
    return answers("agent", sent, how)
