"""The child that redraws pictures: ``python -m gateway.files.picture_reader`` (see ``child``)."""

from __future__ import annotations

import base64
from typing import Any

from gateway.files.child import serve
from gateway.files.pictures import redraw


def answer(raw: bytes) -> dict[str, Any] | None:
    """A picture drawn anew, bytes as base64; None when it cannot be."""
    found = redraw(raw)
    if found is None:
        return None
    return {
        "kind": found.kind,
        "width": found.width,
        "height": found.height,
        "data": base64.b64encode(found.data).decode(),
        "small": base64.b64encode(found.small).decode() if found.small is not None else None,
    }


if __name__ == "__main__":
    serve(answer)
