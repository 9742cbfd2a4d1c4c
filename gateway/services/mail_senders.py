"""Who really wrote the mails that were just read: asked before any of them is placed.

The DNS is asked outside of every transaction. Several mails are asked about at once, so that one
slow name server does not hold up the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import anyio

from gateway.channels.email.claims import claims_of
from gateway.core.inbound import Authenticity, Verdict
from gateway.services.house import House

UNASKED: Verdict = "none"


async def vouched_for(
    house: House, mails: Sequence[tuple[bytes, Mapping[str, Any], dict[str, Any]]]
) -> list[dict[str, Any]]:
    """The verdict on each mail, as it is kept with its envelope; empty where there is none.

    ``mails`` are raw bytes, envelope and what the reader answered. Automatic mail is not asked
    about: it moves nothing, whoever it is from.
    """
    found: list[dict[str, Any]] = [{} for _ in mails]

    async def ask(place: int) -> None:
        raw, envelope, parsed = mails[place]
        claims = claims_of(
            parsed, sender=str(envelope["sender"]), peer=str(envelope.get("peer", ""))
        )
        if house.senders is not None and claims is not None and parsed.get("verdict") is None:
            found[place] = _kept(await house.senders.check(raw, claims))

    async with anyio.create_task_group() as group:
        for place in range(len(mails)):
            group.start_soon(ask, place)
    return found


def verdict_of(vouched: Mapping[str, Any] | None) -> Verdict:
    """The verdict in what was kept."""
    match (vouched or {}).get("verdict"):
        case "pass":
            return "pass"
        case "fail":
            return "fail"
        case "unknown":
            return "unknown"
        case _:
            return UNASKED


def _kept(found: Authenticity) -> dict[str, Any]:
    return {"verdict": found.verdict, "words": found.words, "domain": found.domain}
