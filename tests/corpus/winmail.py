"""Outlook's envelope as a writer makes it: the peer of ``gateway.channels.email.tnef`` in tests.

Written from [MS-OXTNEF] and [MS-OXRTFCP] alone, so that a misreading would have to be made twice.
"""

from __future__ import annotations

from dataclasses import dataclass

SIGNATURE = 0x223E9F78
STRING8, UNICODE, BINARY, LONG = 0x1E, 0x1F, 0x102, 0x03


@dataclass(frozen=True, kw_only=True)
class Property:
    """One MAPI property; ``name`` stands for one that has a name instead of a number."""

    number: int
    kind: int
    value: bytes
    name: str | None = None

    def written(self) -> bytes:
        out = self.kind.to_bytes(2, "little") + self.number.to_bytes(2, "little")
        if self.name is not None:
            named = (self.name + "\0").encode("utf-16-le")
            out += bytes(16) + (1).to_bytes(4, "little") + _counted(named)
        if self.kind == LONG:
            return out + self.value.ljust(4, b"\0")
        return out + (1).to_bytes(4, "little") + _counted(self.value)


def _counted(value: bytes) -> bytes:
    return len(value).to_bytes(4, "little") + value + bytes(-len(value) % 4)


def text(number: int, words: str) -> Property:
    """A property that holds words."""
    return Property(number=number, kind=UNICODE, value=(words + "\0").encode("utf-16-le"))


def binary(number: int, value: bytes) -> Property:
    """A property that holds bytes."""
    return Property(number=number, kind=BINARY, value=value)


def attribute(number: int, value: bytes, *, level: int = 1) -> bytes:
    """One attribute of the stream with its checksum."""
    return (
        bytes([level])
        + number.to_bytes(4, "little")
        + len(value).to_bytes(4, "little")
        + value
        + (sum(value) % 65_536).to_bytes(2, "little")
    )


def properties(*each: Property) -> bytes:
    """A property list."""
    return len(each).to_bytes(4, "little") + b"".join(one.written() for one in each)


def file(short: str, data: bytes, *extra: Property) -> bytes:
    """A file in the envelope, by its 8.3 name and whatever else is said of it."""
    return (
        attribute(0x00069002, bytes(14), level=2)
        + attribute(0x00018010, short.encode("cp1252") + b"\0", level=2)
        + attribute(0x0006800F, data, level=2)
        + attribute(0x00069005, properties(*extra), level=2)
    )


def envelope(*attributes: bytes, codepage: int = 1252) -> bytes:
    """A whole stream."""
    page = codepage.to_bytes(4, "little") + bytes(4)
    return (
        SIGNATURE.to_bytes(4, "little")
        + b"\x01\x00"
        + attribute(0x00089006, b"\x00\x00\x01\x00")
        + attribute(0x00069007, page)
        + b"".join(attributes)
    )


def packed(rich: bytes) -> bytes:
    """RTF packed the lazy way: every byte for itself, in runs of eight."""
    runs = [b"\x00" + rich[at : at + 8] for at in range(0, len(rich), 8)]
    body = b"".join(runs)
    return (
        (len(body) + 12).to_bytes(4, "little")
        + len(rich).to_bytes(4, "little")
        + b"LZFu"
        + bytes(4)
        + body
    )
