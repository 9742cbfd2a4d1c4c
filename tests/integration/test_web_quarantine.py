"""What was set aside, in the console: for owners only, and a release is the console's own act."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.store import house as houses
from gateway.store.tables import InboundRow
from gateway.store.tx import Tx, pack
from tests.integration.web_gateway import ACME, ADA, BEN, WebGateway, on_air

VERA = "vera@shopper.example"
RAW = (
    b"From: Vera <vera@shopper.example>\r\nMessage-ID: <1@shopper.example>\r\n\r\nWhere is it?\r\n"
)


@pytest.fixture
async def air(tmp_path: Path) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path) as started:
        yield started


async def put_aside(air: WebGateway) -> None:
    """A mail of Vera's that was tried three times lies there."""

    def work(tx: Tx) -> None:
        tx.session.add(
            InboundRow(
                store_id=houses.store_by_key(tx, ACME).store_id,
                inbound_key="<1@shopper.example> help@acme.example",
                channel="email",
                state="quarantined",
                outcome="quarantined",
                attempts=3,
                envelope=pack({"sender": VERA, "recipients": [], "peer": ""}),
                raw=RAW,
                due_at=tx.now,
                received_at=tx.now,
            )
        )

    await air.gateway.house.store.write(work)


async def test_ada_who_owns_the_house_sees_it_and_has_it_read_again(air: WebGateway) -> None:
    await put_aside(air)
    ada = await air.sign_in(ADA)
    answer = await air.http.get("/api/quarantine", headers=ada.headers)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert VERA not in answer.text
    (mail,) = answer.json()["mails"]
    assert (mail["sender"], mail["store_key"], mail["size"]) == (
        "v•••@shopper.example",
        ACME,
        len(RAW),
    )
    with capture_logs() as logs:
        released = await air.http.post(
            f"/api/quarantine/{mail['name']}/release", headers=ada.headers
        )
    assert (released.status_code, released.json()) == (200, {"mails": []})
    (said,) = [each for each in logs if each["event"] == "quarantine.released"]
    own = (await air.http.get("/api/me", headers=ada.headers)).json()
    assert said["by"] == own["agent_id"]
    again = await air.http.post(f"/api/quarantine/{mail['name']}/release", headers=ada.headers)
    assert again.status_code == 404


async def test_ben_who_owns_nothing_sees_and_releases_nothing(air: WebGateway) -> None:
    await put_aside(air)
    ada, ben = await air.sign_in(ADA), await air.sign_in(BEN)
    (mail,) = (await air.http.get("/api/quarantine", headers=ada.headers)).json()["mails"]
    place = f"/api/quarantine/{mail['name']}/release"
    assert (await air.http.get("/api/quarantine", headers=ben.headers)).status_code == 403
    assert (await air.http.post(place, headers=ben.headers)).status_code == 403
    assert (await air.http.get("/api/quarantine")).status_code == 401
    assert (await air.http.post(place)).status_code == 401
    # Ada's cookie alone, as another page would send it.
    bare = {"Cookie": ada.cookie}
    assert (await air.http.post(place, headers=bare)).status_code == 403
    left = (await air.http.get("/api/quarantine", headers=ada.headers)).json()["mails"]
    assert left == [mail]


async def test_the_gauge_says_how_many_there_are_and_readiness_does_not_mind(
    air: WebGateway,
) -> None:
    await put_aside(air)
    metrics = (await air.http.get("/metrics")).text
    assert "\nonethread_quarantined_mails 1.0\n" in metrics
    assert "quarantin" not in (await air.http.get("/readyz")).text
