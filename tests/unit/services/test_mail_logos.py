"""A shop's logo is seen in its mails by day and by night, whatever it was drawn for."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from gateway.services.mail_settings import _redrawn

CLEAR = (0, 0, 0, 0)


def kept(ink: tuple[int, ...], ground: tuple[int, ...] = CLEAR) -> Image.Image:
    """What is kept of a logo with a bar of this ink in its middle."""
    drawn = Image.new("RGBA", (80, 40), ground)
    drawn.paste(ink, (20, 10, 60, 30))
    out = io.BytesIO()
    drawn.save(out, "PNG")
    png, size = _redrawn(out.getvalue())
    assert size == (80, 40)
    return Image.open(io.BytesIO(png)).convert("RGBA")


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ((17, 17, 17, 255), (255, 255, 255, 255)),
        ((255, 255, 255, 255), (28, 31, 34, 255)),
        (CLEAR, (255, 255, 255, 255)),
    ],
    ids=["black", "white", "nothing at all"],
)
def test_a_see_through_logo_that_would_be_gone_on_one_of_them_brings_its_ground(
    ink: tuple[int, ...], ground: tuple[int, ...]
) -> None:
    assert kept(ink).getpixel((0, 0)) == ground


def test_a_see_through_logo_that_is_seen_on_both_stays_as_it_is() -> None:
    picture = kept((194, 24, 91, 255))
    assert picture.getpixel((0, 0)) == CLEAR
    assert picture.getpixel((40, 20)) == (194, 24, 91, 255)


def test_a_logo_with_a_ground_of_its_own_keeps_it() -> None:
    assert kept((0, 0, 0, 255), (123, 31, 162, 255)).getpixel((0, 0)) == (123, 31, 162, 255)
