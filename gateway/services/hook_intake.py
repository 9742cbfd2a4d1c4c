"""Putting Twilio's webhooks on disk as they came, once, and before they are answered.

Those that come while others are being committed share the next commit. What they say the clockwork
understands right afterwards (see ``kept_hooks``); until then the row is all there is of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.channels.twilio.webhooks import InboundText, TextReceipt
from gateway.errors import NotFound
from gateway.services.house import House
from gateway.store import inbound
from gateway.store.tx import Tx, pack

STATUS = "status:"  #: what the keys of status callbacks begin with; no SID has a colon
MOST_DELIVERY_ID = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A webhook whose signature was right; ``key`` makes a repeat harmless.

    ``to`` is the number that was texted, ``sender`` whoever texted; a callback has neither.
    """

    store_key: str
    key: str
    channel: str
    raw: bytes
    to: str | None = None
    sender: str | None = None
    envelope: dict[str, Any] = field(default_factory=dict)


def text_hook(store_key: str, text: InboundText, raw: bytes, *, said_at: int | None = None) -> Hook:
    """A text that came in. ``said_at``: when, if not just now."""
    return Hook(
        store_key=store_key,
        key=text.sid,
        channel=text.channel,
        raw=raw,
        to=text.to,
        sender=text.from_,
        envelope={"from": text.from_, "to": text.to, "said_at": said_at},
    )


def status_hook(store_key: str, found: TextReceipt, raw: bytes, delivery_id: str | None) -> Hook:
    """What became of a text of ours; ``delivery_id`` is what the callback's address names."""
    named = delivery_id if delivery_id and len(delivery_id) <= MOST_DELIVERY_ID else None
    return Hook(
        store_key=store_key,
        key=f"{STATUS}{found.sid}:{found.status}:{named or ''}",
        channel="sms",
        raw=raw,
        envelope={"delivery": named},
    )


def put(tx: Tx, hooks: Sequence[Hook]) -> frozenset[str]:
    """Write these down, in their order; the keys that no store has, whose hooks were left out.

    A text is for the store whose number it came to, whichever address it came by.
    """
    stores = inbound.stores_by_key(tx, {each.store_key for each in hooks})
    numbers = {(each.channel, each.to) for each in hooks if each.to is not None}
    holders = inbound.holders_of(tx, numbers)
    rows = []
    for place, each in enumerate(hooks):
        store_id = holders.get((each.channel, each.to or ""), stores.get(each.store_key))
        if each.store_key not in stores or store_id is None:
            continue
        rows.append(
            inbound.Fresh(
                store_id=store_id,
                inbound_key=each.key,
                channel=each.channel,
                envelope=pack(each.envelope),
                raw=each.raw,
                sender=each.sender,
                # A microsecond each: understood in the order in which they came.
                due_at=tx.now - len(hooks) + place,
                received_at=tx.now,
            )
        )
    inbound.keep_all(tx, rows)
    return frozenset({each.store_key for each in hooks} - stores.keys())


@dataclass(frozen=True, slots=True)
class _Waiting:
    hook: Hook
    committed: asyncio.Future[None]


class HookIntake:
    """Where the webhooks of one process are kept."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._waiting: list[_Waiting] = []
        self._committing: asyncio.Task[None] | None = None

    async def keep(self, hook: Hook) -> None:
        """Return when it is on disk.

        Raises:
            NotFound: no store has this key.
            StorageRefused: it could not be stored; the provider has to send it again.
        """
        waiting = _Waiting(hook, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._committing is None or self._committing.done():
            # A task of its own: a caller that hangs up must not leave the others unanswered.
            self._committing = asyncio.create_task(self._commit_all())
        await waiting.committed

    async def _commit_all(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting, []
            try:
                unknown = await self._together(taken)
            except Exception as error:
                if len(taken) == 1:
                    _fail(taken[0], error)
                    continue
                # Whichever cannot be kept, it must not take the others along.
                for each in taken:
                    await self._alone(each)
            else:
                _answer(taken, unknown)
            self._house.heard.ring()

    async def _alone(self, waiting: _Waiting) -> None:
        try:
            unknown = await self._together([waiting])
        except Exception as error:
            _fail(waiting, error)
        else:
            _answer([waiting], unknown)

    async def _together(self, waiting: Sequence[_Waiting]) -> frozenset[str]:
        hooks = [each.hook for each in waiting]
        return await self._house.store.write(lambda tx: put(tx, hooks))


def _answer(waiting: Sequence[_Waiting], unknown: frozenset[str]) -> None:
    for each in waiting:
        if each.hook.store_key in unknown:
            _fail(each, NotFound("no store has this key"))
        elif not each.committed.done():
            each.committed.set_result(None)


def _fail(waiting: _Waiting, error: Exception) -> None:
    if not waiting.committed.done():
        waiting.committed.set_exception(error)
