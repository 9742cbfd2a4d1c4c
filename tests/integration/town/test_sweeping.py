"""Now and then a node asks how far the logs have grown that its sockets follow."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from sqlalchemy import Connection, event

from gateway.live.hub import Hub
from gateway.services import reading, receive, sessions
from tests.integration.town.building import Town
from tests.integration.town.outside import KEY
from tests.integration.town.townspeople import Shopper

MANY = 40


async def shoppers_wrote(town: Town, many: int) -> list[tuple[str, str]]:
    names = []
    for _ in range(many):
        visit = await sessions.visit(town.house, KEY)
        stored = await Shopper(town, visit.shopper_id).writes("Is it back in 38?")
        names.append((town.store_id, stored.conversation_id))
    return names


async def test_what_another_node_wrote_without_a_bell_reaches_veras_and_walts_tabs(
    town: Town,
) -> None:
    walt = Shopper(town, (await sessions.visit(town.house, KEY)).shopper_id)
    elsewhere = replace(town.house, hub=Hub())
    tabs = {}
    for shopper in (town.vera, walt):
        await shopper.writes("Is it back in 38?")
        tabs[shopper] = await shopper.tab()
    for shopper in tabs:
        await receive.from_shopper(
            elsewhere,
            town.store_id,
            shopper.shopper_id,
            cmid=town.cmid(),
            body=f"And in blue? asks {shopper.shopper_id}",
        )
    await reading.sweep(town.house)
    for shopper, tab in tabs.items():
        await tab.until(f"And in blue? asks {shopper.shopper_id}")


async def test_a_sweep_of_forty_tabs_asks_once_for_all_their_logs(town: Town) -> None:
    names = await shoppers_wrote(town, MANY)
    asked: list[str] = []
    for _, conversation_id in names:
        await town.follows("staff", town.ada.agent_id, conversation_id)

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        asked.append(statement)

    def listen(connection: Connection) -> None:  # SQLite's driver is asked past the engine
        file = connection.connection.driver_connection
        if isinstance(file, sqlite3.Connection):
            file.set_trace_callback(asked.append)

    engine = await town.house.store.read(lambda tx: tx.session.connection().engine)
    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "begin", listen)
    try:
        await reading.sweep(town.house)
    finally:
        event.remove(engine, "begin", listen)
        event.remove(engine, "before_cursor_execute", note)
    assert len([each for each in asked if "conversation" in each]) == 1
