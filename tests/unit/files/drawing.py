"""Pictures and what pretends to be one, made here from nothing."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

SCRIPT = b"<script>alert(document.domain)</script>"


def written(image: Image.Image, kind: str, **more: Any) -> bytes:
    """A picture's file."""
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def photo(width: int = 1_200, height: int = 800, kind: str = "JPEG", **more: Any) -> bytes:
    """A picture with a gradient in it, so that it does not shrink to nothing."""
    wide = Image.linear_gradient("L").resize((width, height))
    return written(Image.merge("RGB", (wide, wide.rotate(180), wide)), kind, **more)


def photo_with_a_place() -> bytes:
    """What a phone takes, held upright: turned by EXIF, with maker, place and a comment in it."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x010F] = "CanaryPhone"
    exif.get_ifd(0x8825)[2] = (59.0, 54.0, 50.0)
    return photo(exif=exif, comment=b"CanaryComment")


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def huge_png(side: int = 50_000) -> bytes:
    """A few bytes that claim to be 2,500 megapixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def moving(frames: int, kind: str = "GIF", size: tuple[int, int] = (64, 48)) -> bytes:
    """A picture that moves."""
    drawn = [Image.new("RGB", size, (n * 11 % 256, 40, n * 5 % 256)) for n in range(frames)]
    return written(drawn[0], kind, save_all=True, append_images=drawn[1:], duration=40)


def gif_that_is_a_script() -> bytes:
    """A GIF whose comment is a program, and which a careless browser would run as one."""
    return moving(1).replace(b"GIF89a", b"GIF89a", 1) + b"/*" + SCRIPT + b"*/"
