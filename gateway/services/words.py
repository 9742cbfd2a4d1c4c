"""What people write, as it may be stored."""

from __future__ import annotations

from gateway.errors import BadInput
from gateway.protocol.session import MOST_BYTES


def clean(body: str, *, may_be_empty: bool = False) -> str:
    """The body as it may be stored.

    Raises:
        BadInput: NUL or a lone surrogate (no database takes them), or nothing but white space,
            unless it ``may_be_empty``.
    """
    if "\x00" in body:
        raise BadInput("a message cannot contain the NUL character", why="characters")
    try:
        body.encode()
    except UnicodeEncodeError:
        raise BadInput(
            "a message cannot contain half a character (a lone surrogate)", why="characters"
        ) from None
    if not body.strip() and not may_be_empty:
        raise BadInput("a message needs some words", why="no_words")
    if len(body) > MOST_BYTES:
        raise BadInput("this message is too long", why="too_long")
    return body
