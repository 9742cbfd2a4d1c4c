"""The child that redraws faces: ``python -m gateway.files.face_reader`` (see ``child``)."""

from __future__ import annotations

import base64

from gateway.files.child import serve
from gateway.files.pictures import face


def answer(raw: bytes) -> str | None:
    """A face drawn anew as base64 of a JPEG; None when it cannot be."""
    found = face(raw)
    return None if found is None else base64.b64encode(found).decode()


if __name__ == "__main__":
    serve(answer)
