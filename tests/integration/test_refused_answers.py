"""An answer that cannot be sent as it is: Ada's console has a sentence that says what to change."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.integration.web_gateway import WebGateway, cmid, on_air

WORDS: Final = Path(__file__).resolve().parents[2] / "agents_console/src/words/en.json"
STRANGE: Final = "06gnobody0000000000000000"


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebGateway]:
    async with on_air(tmp_path_factory.mktemp("web")) as running:
        yield running


@pytest.mark.parametrize(
    ("saying", "why"),
    [
        ({"body": " \n"}, "no_words"),
        ({"body": "x\0y"}, "characters"),
        ({"body": "See this", "attachments": [STRANGE]}, "no_file"),
        ({"body": "@Zoe look", "note": True, "mentions": [STRANGE]}, "no_colleague"),
        ({"body": "Later", "wish": {"kind": "not_before", "until": 1}}, "moment"),
        ({"body": "There", "wish": {"kind": "now", "address_id": STRANGE}}, "no_way"),
        ({"body": "Again", "wish": {"kind": "resend", "delivery_id": STRANGE}}, "no_way"),
    ],
)
async def test_ada_is_told_what_to_change_in_an_answer_that_cannot_be_sent(
    air: WebGateway, saying: dict[str, Any], why: str
) -> None:
    async with air.tab() as (vera, _), air.console() as (ada, _):
        await vera.say("send", cmid=cmid(), body="Is the blue one back?")
        head = (await vera.hear("snapshot"))["conversation"]
        where = {"store_id": head["store_id"], "conversation_id": head["conversation_id"]}
        await ada.say("send", cmid=cmid(), seen_seq=head["last_seq"], **where, **saying)
        refused = await ada.hear("error", "ack")
        assert (refused.get("code"), refused.get("why")) == ("bad_input", why)
        said = json.loads(WORDS.read_text())[f"error.bad_input.{why}"]
        assert "Reload" not in said
