"""Agents' pictures: kept small and square, under a name that tells nobody whose they are.

One address serves everybody, so a picture that is loaded tells nobody who looks. Another picture,
or none, takes the old one away for good: its address answers nobody any more.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterable
from hashlib import sha256

from gateway.errors import BadInput, NotFound
from gateway.files.blobs import TooLarge
from gateway.services.attachments import shelf_of
from gateway.services.house import Change, House
from gateway.services.staff import announce
from gateway.store import faces
from gateway.store import house as houses
from gateway.store.tables import FaceRow

MOST_BYTES = 5_000_000  #: of the picture that is uploaded
NAME_BYTES = 16  #: of randomness in a face's name


async def keep(house: House, agent_id: str, chunks: AsyncIterable[bytes]) -> None:
    """Show this picture of an agent from now on, everywhere.

    Raises:
        TooLarge: it has more than ``MOST_BYTES``.
        BadInput: it is no PNG, JPEG or WebP that can be read.
        NotFound: there is no such agent.
        StorageRefused: this house keeps no files.
    """
    shelf = shelf_of(house)
    raw = bytearray()
    async for chunk in chunks:
        raw += chunk
        if len(raw) > MOST_BYTES:
            raise TooLarge(f"a picture may have {MOST_BYTES // 1_000_000} MB at most")
    drawn = await shelf.face(bytes(raw))
    if drawn is None:
        raise BadInput("this is no picture that we can read; take a PNG, a JPEG or a WebP")
    name, digest = secrets.token_hex(NAME_BYTES), sha256(drawn).hexdigest()

    def work(change: Change) -> None:
        row = houses.agent(change.tx, agent_id)
        held = faces.face_of(change.tx, agent_id)
        if held is not None and held.digest == digest:
            return
        if held is not None:
            change.tx.session.delete(held)
            change.tx.session.flush()
        change.tx.session.add(
            FaceRow(
                face_id=name,
                agent_id=agent_id,
                digest=digest,
                jpeg=drawn,
                created_at=change.tx.now,
            )
        )
        row.face = name
        change.tx.session.add(row)

    await house.change(work, on=agent_id)
    await announce(house)


async def remove(house: House, agent_id: str) -> None:
    """Show the agent's initials again.

    Raises:
        NotFound: there is no such agent.
    """

    def work(change: Change) -> None:
        row = houses.agent(change.tx, agent_id)
        held = faces.face_of(change.tx, agent_id)
        if held is not None:
            change.tx.session.delete(held)
        row.face = ""
        change.tx.session.add(row)

    await house.change(work, on=agent_id)
    await announce(house)


async def look(house: House, face_id: str) -> bytes:
    """A picture by its name, as a JPEG.

    Raises:
        NotFound: nobody has it, or nobody any more.
    """
    row = await house.store.read(lambda tx: faces.face(tx, face_id))
    if row is None:
        raise NotFound
    return row.jpeg
