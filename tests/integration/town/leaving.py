"""How many a test begins: Vera asks, leaves an address and the page; and what came of it."""

from __future__ import annotations

from tests.integration.town.building import Town


async def vera_asks_and_leaves(town: Town, *, number: bool = True, mailbox: bool = False) -> None:
    await town.vera.writes("Is the blue one back?")
    if number:
        await town.vera.proves_number()
    if mailbox:
        await town.vera.leaves_mailbox()
    await town.vera.leaves()


async def hops(town: Town) -> list[tuple[str, str]]:
    """Channel and state of each attempt of words for Vera, oldest first."""
    return [(row.channel, row.state) for row in await town.vera.deliveries() if row.form == "words"]


async def shown_hops(town: Town) -> list[tuple[str, str]]:
    """The same as the log tells it, step by step."""
    found = []
    for row in await town.vera.events("delivery"):
        data = town.data_of(row)
        if data["side"] == "shopper" and data["form"] == "words":
            found.append((data["channel"], data["state"]))
    return found
