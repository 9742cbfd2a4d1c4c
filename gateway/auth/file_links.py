"""The link to a file: sealed for a store, a file, a side and an instant, and kept nowhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast

from gateway.auth.tokens import SEAL_CHARS, seal, sealed

PURPOSE: Final = "file link"
_TOKEN = re.compile(
    r"([0-9a-z]{1,40})\.([0-9a-z]{1,40})\.(shopper|staff)\.(whole|small)\.([0-9]{1,12})"
    rf"\.([a-z2-7]{{{SEAL_CHARS}}})"
)

Audience = Literal["shopper", "staff"]
Size = Literal["whole", "small"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLink:
    """What a link opens; ``until`` is seconds since 1970."""

    store_id: str
    attachment_id: str
    audience: Audience
    size: Size
    until: int

    @property
    def parts(self) -> tuple[str, ...]:
        """What is sealed."""
        return (self.store_id, self.attachment_id, self.audience, self.size, str(self.until))


def write(secret: bytes, link: FileLink) -> str:
    """The token that stands in the address, ``[0-9a-z.]`` only."""
    return ".".join((*link.parts, seal(secret, PURPOSE, *link.parts)))


def read(keys: Sequence[bytes], token: str, *, now: int) -> FileLink | None:
    """The link that we sealed; None when it is none of ours, or over at ``now`` (seconds)."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    store_id, attachment_id, audience, size, until, mark = match.groups()
    # As it was written: 007 and 7 are one number and two addresses.
    good = sealed(keys, mark, PURPOSE, store_id, attachment_id, audience, size, until)
    if not good or int(until) <= now:
        return None
    return FileLink(
        store_id=store_id,
        attachment_id=attachment_id,
        audience=cast("Audience", audience),
        size=cast("Size", size),
        until=int(until),
    )
