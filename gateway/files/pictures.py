"""A stranger's picture, drawn anew: the same to look at, without anything else that was in it.

No metadata, place or thumbnail of a camera stays, and nothing that another program might run:
pixels are read and written again. It runs in the child that ``picture_reader`` is.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageCms, ImageOps, ImageSequence

FORMATS: Final = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "WEBP": "image/webp",
}
MOST_PIXELS: Final = 40_000_000  #: decoded; RFC 2083 lets a PNG of 100 kB claim 50,000 x 50,000
MOST_DECLARED: Final = 200_000_000  #: of a JPEG, which is decoded at an eighth if need be
MOST_SIDE: Final = 4_096
SMALL_SIDE: Final = 640
MOST_FRAMES: Final = 300
MOST_MOVING: Final = 60_000_000  #: pixels of all frames together
SHORTEST: Final = 20  #: milliseconds of a frame
FACES: Final = ("PNG", "JPEG", "WEBP")
FACE_SIDE: Final = 128  #: drawn at 64 at most, for dense screens

# Our own bounds hold, before a pixel is decoded; Pillow's would only warn up to twice its own.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """``data`` is of the format that came; ``small`` is a still WebP, None when it needs none."""

    kind: str
    width: int
    height: int
    data: bytes
    small: bytes | None


def redraw(raw: bytes) -> Picture | None:
    """Draw a picture anew; None when it is none, is broken, or is past a bound of this module."""
    try:
        with Image.open(io.BytesIO(raw), formats=tuple(FORMATS)) as image:
            return _redrawn(image)
    except Exception:  # a codec may raise anything over hostile bytes
        return None


def face(raw: bytes) -> bytes | None:
    """A person's picture as a small square JPEG; None when it is none, is broken or too large.

    The middle is what counts: what is longer than wide, or wider than long, loses both its ends.
    """
    try:
        with Image.open(io.BytesIO(raw), formats=FACES) as image:
            if not _is_decoded_within_bounds(image):
                return None
            still = _still(image).convert("RGBA")
    except Exception:  # a codec may raise anything over hostile bytes
        return None
    square = ImageOps.fit(still, (FACE_SIDE, FACE_SIDE), Image.Resampling.LANCZOS)
    on_white = Image.new("RGBA", square.size, "white")
    on_white.alpha_composite(square)
    return _written(on_white, "JPEG")


def _is_decoded_within_bounds(image: Image.Image) -> bool:
    """Whether it may be decoded; a JPEG is then set to be so at a fraction of its size."""
    is_jpeg = image.format in ("JPEG", "MPO")
    if image.width * image.height > (MOST_DECLARED if is_jpeg else MOST_PIXELS):
        return False
    image.draft("RGB", (MOST_SIDE, MOST_SIDE))
    return image.width * image.height <= MOST_PIXELS


def _redrawn(image: Image.Image) -> Picture | None:
    # A camera's pair of pictures in one file (CIPA DC-007): its first is a JPEG.
    kept_as = "JPEG" if image.format == "MPO" else image.format or ""
    if not _is_decoded_within_bounds(image):
        return None
    if _may_move(image):
        return _moving(image, kept_as)
    still = _still(image)
    data = _written(still, kept_as)
    small = _small(still) if max(still.size) > SMALL_SIDE else None
    return _picture(kept_as, still, data, small)


def _may_move(image: Image.Image) -> bool:
    frames = getattr(image, "n_frames", 1)
    if image.format not in ("GIF", "WEBP") or not 1 < frames <= MOST_FRAMES:
        return False
    return image.width * image.height * frames <= MOST_MOVING and max(image.size) <= MOST_SIDE


def _moving(image: Image.Image, kept_as: str) -> Picture:
    frames: list[Image.Image] = []
    spans: list[int] = []
    for frame in ImageSequence.Iterator(image):
        if frame.size != image.size or len(frames) > MOST_FRAMES:
            raise ValueError("a frame is larger than its picture")
        spans.append(max(SHORTEST, int(frame.info.get("duration", 100))))
        frames.append(_bare(frame.convert("RGBA")))
    out = io.BytesIO()
    frames[0].save(
        out,
        kept_as,
        save_all=True,
        append_images=frames[1:],
        duration=spans,
        loop=0,
        **({"disposal": 2} if kept_as == "GIF" else {"quality": 80, "method": 2}),
    )
    # Nothing on screen moves by itself: what is shown before one asks for it is a still.
    return _picture(kept_as, frames[0], out.getvalue(), _small(frames[0]))


def _still(image: Image.Image) -> Image.Image:
    image.load()
    upright = ImageOps.exif_transpose(image)
    coloured = _in_srgb(upright)
    if max(coloured.size) > MOST_SIDE:
        coloured.thumbnail((MOST_SIDE, MOST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _bare(coloured)


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture in the one colour space that every screen assumes, as L, RGB or RGBA."""
    has_alpha = "transparency" in image.info or "A" in image.getbands()
    mode = "RGBA" if has_alpha else "L" if image.mode in ("1", "L", "I;16", "I") else "RGB"
    profile = image.info.get("icc_profile")
    if profile and mode != "L" and image.mode in ("RGB", "RGBA", "CMYK"):
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            wanted = ImageCms.createProfile("sRGB")
            found = ImageCms.profileToProfile(image, given, wanted, outputMode=mode)
            if found is not None:
                return found
        except (ImageCms.PyCMSError, OSError):
            # A profile that means nothing changes no colour.
            return image.convert(mode)
    if image.mode in ("I", "I;16"):
        # Pillow would cut 16 bits off at 255 instead of scaling them.
        return image.convert("I").point(lambda value: value / 257).convert("L")
    return image.convert(mode)


def _bare(image: Image.Image) -> Image.Image:
    """The pixels alone: comments, profiles and EXIF are kept in ``info`` and written from there."""
    bare = image.copy()
    bare.info = {}
    return bare


def _written(image: Image.Image, kept_as: str) -> bytes:
    out = io.BytesIO()
    match kept_as:
        case "JPEG":
            image.convert("L" if image.mode == "L" else "RGB").save(
                out, "JPEG", quality=88, optimize=True, progressive=True
            )
        case "WEBP":
            image.save(out, "WEBP", quality=85, method=4)
        case _:
            image.save(out, kept_as)
    return out.getvalue()


def _small(image: Image.Image) -> bytes:
    small = image.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _written(small, "WEBP")


def _picture(kept_as: str, image: Image.Image, data: bytes, small: bytes | None) -> Picture:
    return Picture(
        kind=FORMATS[kept_as], width=image.width, height=image.height, data=data, small=small
    )
