"""Vera comes back, by whatever door: what she finds, and what is no longer brought (31 to 34)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.errors import CmidConflict
from gateway.services import reading
from tests.behaviours import behaviour
from tests.integration.town.building import Town
from tests.integration.town.leaving import hops, vera_asks_and_leaves
from tests.integration.town.townspeople import VERA_PHONE


@behaviour(31)
async def test_what_vera_reads_on_another_device_is_brought_nowhere_and_her_tab_hears_of_it(
    town: Town,
) -> None:
    await vera_asks_and_leaves(town)
    desk = await town.vera.tab()
    answer = await town.ada.answers("Yes, in 38.")
    await town.look(after=31)
    assert await hops(town) == [("sms", "queued")]
    # The other device has held nothing: it is given all, and where her reading stood.
    row = await town.vera.conversation()
    found = await reading.snapshot(town.house, row.store_id, row.conversation_id, "shopper")
    assert found.conversation.seen_shopper < answer.seq
    await town.vera.tab()
    await town.vera.sees(answer.seq)
    await desk.until('"t":"seen"')
    await town.tick(24 * 3_600)
    assert await hops(town) == [("sms", "superseded")]
    assert len(town.carrier.to(VERA_PHONE)) == 1


@behaviour(34)
async def test_what_vera_sends_again_with_the_same_id_is_stored_once_by_whatever_tab(
    town: Town,
) -> None:
    first = await town.vera.writes("Is it blue?", cmid="cmid-of-vera")
    await town.restarts(silent=True, away=100)
    again = await town.vera.writes("Is it blue?", cmid="cmid-of-vera")
    assert again == replace(first, dup=True, opened=False)
    with pytest.raises(CmidConflict):
        await town.vera.writes("Is it red?", cmid="cmid-of-vera")
    assert await town.vera.said() == ["Is it blue?"]
