"""Sentences that hold for every channel, against every provider that we can have here."""

from __future__ import annotations

import socket

import anyio
import pytest

from gateway.channels.port import (
    Accepted,
    Channel,
    Outcome,
    Outgoing,
    Rejected,
    Unavailable,
    Unknown,
)
from gateway.clock import SECOND, SystemClock
from tests.contract.providers import BRIEF, PATIENCE, PHONES, Provider, outgoing, words

AT_ONCE = 12
MOMENTS = 40  #: turns of the loop within which a send on a kept line has begun and ended


def said(provider: Provider) -> list[str]:
    return [each.words for each in provider.taken()]


async def until_found(channel: Channel, sent: Outgoing, since: int) -> Accepted:
    """Asked again until the company has got it on its way and lists it, as the worker does."""
    clock = SystemClock()
    with anyio.fail_after(PATIENCE):
        while (found := await channel.find(sent, since)) is None:
            await clock.sleep(0.05)
    return found


async def test_what_was_taken_is_accepted_and_arrives_once(provider: Provider) -> None:
    outcome = await provider.channel().send(outgoing(provider.kind))
    assert isinstance(outcome, Accepted)
    assert outcome.state == "accepted"
    assert bool(outcome.provider_id) == provider.names_it
    assert said(provider) == [words(1)]


async def test_the_provider_s_name_for_it_is_the_one_in_its_own_ledger(provider: Provider) -> None:
    sent = outgoing(provider.kind)
    outcome = await provider.channel().send(sent)
    assert isinstance(outcome, Accepted)
    expected = outcome.provider_id if provider.kind in PHONES else sent.message_id
    assert [each.name for each in provider.taken()] == [expected]


async def test_an_address_that_is_none_is_refused_for_good_and_blamed(provider: Provider) -> None:
    await provider.refuses()
    outcome = await provider.channel().send(outgoing(provider.kind))
    assert isinstance(outcome, Rejected)
    assert outcome.blame == "address"
    assert outcome.code
    assert outcome.words
    assert provider.taken() == []


async def test_where_nobody_listens_nothing_was_sent_and_later_is_fine(provider: Provider) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        channel = provider.channel(port=free.getsockname()[1])
        outcome = await channel.send(outgoing(provider.kind))
    assert isinstance(outcome, Unavailable)
    assert outcome.retry_after is None or outcome.retry_after >= 0
    assert outcome.words


async def test_a_line_that_breaks_after_the_last_byte_leaves_it_unknown(provider: Provider) -> None:
    await provider.drops()
    outcome = await provider.channel(BRIEF).send(outgoing(provider.kind))
    assert isinstance(outcome, Unknown)
    # Whoever does not know does not send again by itself (invariant 7).
    assert said(provider) == [words(1)]


async def test_a_provider_that_stalls_before_a_word_holds_nobody_up(provider: Provider) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        channel = provider.channel(BRIEF, port=mute.getsockname()[1])
        with anyio.fail_after(BRIEF * 10):
            outcome = await channel.send(outgoing(provider.kind))
    assert isinstance(outcome, provider.silence_before_a_word)


async def test_a_provider_that_stalls_after_it_took_a_message_leaves_it_unknown(
    provider: Provider,
) -> None:
    await provider.stalls()
    with anyio.fail_after(BRIEF * 10):
        outcome = await provider.channel(BRIEF).send(outgoing(provider.kind))
    assert isinstance(outcome, Unknown)
    assert said(provider) == [words(1)]


@pytest.mark.parametrize("trouble", ["refuses", "drops", "stalls"])
async def test_after_trouble_the_same_channel_carries_the_next_one_whole(
    provider: Provider, trouble: str
) -> None:
    channel = provider.channel(BRIEF)
    assert isinstance(await channel.send(outgoing(provider.kind, 1)), Accepted)
    await getattr(provider, trouble)()
    assert not isinstance(await channel.send(outgoing(provider.kind, 2)), Accepted)
    await provider.is_well()
    assert isinstance(await channel.send(outgoing(provider.kind, 3)), Accepted)
    kept = [1, 3] if trouble == "refuses" else [1, 2, 3]
    assert said(provider) == [words(number) for number in kept]


async def test_the_same_delivery_handed_over_again_can_be_told_to_be_the_same(
    provider: Provider,
) -> None:
    began = SystemClock().now()
    # Words that no other test uses: of two alike, a provider's list tells nothing.
    sent = outgoing(provider.kind, 77)
    await provider.drops()
    assert isinstance(await provider.channel(BRIEF).send(sent), Unknown)
    await provider.is_well()
    channel = provider.channel()
    if provider.kind in PHONES:
        # A text is never sent again: the provider's own list tells what became of it.
        found = await until_found(channel, sent, began)
        assert [found.provider_id] == [each.name for each in provider.taken()]
        return
    assert await channel.find(sent, began) is None
    assert isinstance(await channel.send(sent), Accepted)
    first, second = provider.taken()
    assert first == second


async def test_what_was_never_sent_is_not_found(provider: Provider) -> None:
    channel = provider.channel()
    await channel.send(outgoing(provider.kind, 1))
    began = SystemClock().now() - 60 * SECOND
    # The words of no other test: some providers are the same for all of them.
    assert await channel.find(outgoing(provider.kind, 404), began) is None


async def test_many_at_once_arrive_once_each_and_as_they_are(provider: Provider) -> None:
    channel = provider.channel()
    outcomes: dict[int, Outcome] = {}

    async def send(number: int) -> None:
        outcomes[number] = await channel.send(outgoing(provider.kind, number))

    for first in (1, 1 + AT_ONCE):
        # The second time over connections that were kept.
        async with anyio.create_task_group() as senders:
            for number in range(first, first + AT_ONCE):
                senders.start_soon(send, number)
    assert {type(each) for each in outcomes.values()} == {Accepted}
    assert sorted(said(provider)) == sorted(words(number) for number in outcomes)
    if provider.kind in PHONES:
        names = {each.words: each.name for each in provider.taken()}
        assert all(
            isinstance(each, Accepted) and each.provider_id == names[words(number)]
            for number, each in outcomes.items()
        )


async def test_one_that_is_cut_off_after_it_was_taken_leaves_nothing_for_the_next(
    provider: Provider,
) -> None:
    channel = provider.channel()
    await channel.send(outgoing(provider.kind, 1))
    await provider.stalls()
    async with anyio.create_task_group() as cut_off:
        cut_off.start_soon(channel.send, outgoing(provider.kind, 2))
        await provider.has_taken(2)
        cut_off.cancel_scope.cancel()
    await provider.is_well()
    assert isinstance(await channel.send(outgoing(provider.kind, 3)), Accepted)
    assert said(provider) == [words(1), words(2), words(3)]


async def test_one_that_is_cut_off_at_any_moment_is_there_whole_or_not_at_all(
    provider: Provider,
) -> None:
    channel = provider.channel()
    await channel.send(outgoing(provider.kind, 1_000))
    for moment in range(MOMENTS):
        async with anyio.create_task_group() as cut_off:
            cut_off.start_soon(channel.send, outgoing(provider.kind, moment))
            for _ in range(moment):
                await anyio.lowlevel.checkpoint()
            cut_off.cancel_scope.cancel()
        after = outgoing(provider.kind, 2_000 + moment)
        assert isinstance(await channel.send(after), Accepted)
    found = said(provider)
    asked = {words(number) for number in (1_000, *range(MOMENTS), *range(2_000, 2_000 + MOMENTS))}
    assert set(found) <= asked
    assert len(found) == len(set(found))
    assert {words(2_000 + moment) for moment in range(MOMENTS)} <= set(found)


async def test_closing_a_channel_in_use_ends_with_an_outcome_and_no_surprise(
    provider: Provider,
) -> None:
    await provider.stalls()
    channel = provider.channel(BRIEF)
    outcomes: list[Outcome] = []

    async def send() -> None:
        outcomes.append(await channel.send(outgoing(provider.kind)))

    with anyio.fail_after(BRIEF * 10):
        async with anyio.create_task_group() as sending:
            sending.start_soon(send)
            await provider.has_taken(1)
            await channel.aclose()
    # It had been taken: "certainly not sent" would have it sent twice.
    assert [type(each) for each in outcomes] == [Unknown]
    await provider.is_well()
    assert isinstance(await channel.send(outgoing(provider.kind, 2)), Accepted | Unavailable)


async def test_closing_twice_and_without_having_sent_is_nothing(provider: Provider) -> None:
    channel = provider.channel()
    await channel.aclose()
    await channel.aclose()
    assert provider.taken() == []


@pytest.mark.parametrize(
    "text",
    ["", ".", "..\n.\n.\r\n..", "half \ud83d", "nul \x00", "\r\n.\r\nQUIT\r\n", "é" * 1_500],
    ids=["nothing", "a dot", "dots", "half a character", "NUL", "a command", "long"],
)
async def test_whatever_the_words_are_there_is_an_outcome_and_the_line_survives(
    provider: Provider, text: str
) -> None:
    channel = provider.channel()
    odd = outgoing(provider.kind, 1, text=text or " ")
    outcome = await channel.send(odd)
    assert isinstance(outcome, Accepted | Rejected)
    assert isinstance(await channel.send(outgoing(provider.kind, 2)), Accepted)
    assert said(provider)[-1] == words(2)
    assert len(provider.taken()) == (2 if isinstance(outcome, Accepted) else 1)
