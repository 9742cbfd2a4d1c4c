"""Strangers' pictures are drawn anew: the same to look at, and nothing else that was in them."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from gateway.files.pictures import FACE_SIDE, MOST_FRAMES, MOST_SIDE, SMALL_SIDE, face, redraw
from tests.unit.files.drawing import (
    SCRIPT,
    gif_that_is_a_script,
    huge_png,
    moving,
    photo,
    photo_with_a_place,
    written,
)


def test_veras_photo_stands_upright_and_tells_nobody_where_she_was() -> None:
    raw = photo_with_a_place()
    assert b"CanaryPhone" in raw
    found = redraw(raw)
    assert found is not None
    assert (found.kind, found.width, found.height) == ("image/jpeg", 800, 1_200)
    with Image.open(io.BytesIO(found.data)) as drawn:
        assert drawn.size == (800, 1_200)
        assert dict(drawn.getexif()) == {}
        assert "comment" not in drawn.info
    assert b"Canary" not in found.data


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_each_picture_stays_of_its_kind_and_gets_a_small_one(kind: str) -> None:
    found = redraw(photo(kind=kind))
    assert found is not None
    assert found.kind == f"image/{kind.lower()}"
    assert found.small is not None
    with Image.open(io.BytesIO(found.small)) as small:
        assert small.format == "WEBP"
        assert max(small.size) == SMALL_SIDE


def test_a_small_picture_needs_no_smaller_one() -> None:
    found = redraw(photo(300, 200, kind="PNG"))
    assert found is not None
    assert (found.width, found.height, found.small) == (300, 200, None)


def test_a_large_photo_is_made_to_fit_a_screen() -> None:
    found = redraw(photo(7_000, 5_000))
    assert found is not None
    assert max(found.width, found.height) <= MOST_SIDE
    assert abs(found.width / found.height - 7 / 5) < 0.01


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_every_mode_is_drawn(mode: str) -> None:
    found = redraw(written(Image.new(mode, (30, 20)), "PNG"))
    assert found is not None
    assert (found.width, found.height) == (30, 20)


def test_what_was_transparent_stays_so() -> None:
    found = redraw(written(Image.new("RGBA", (30, 20), (255, 0, 0, 0)), "PNG"))
    assert found is not None
    with Image.open(io.BytesIO(found.data)) as drawn:
        assert drawn.convert("RGBA").getpixel((5, 5)) == (255, 0, 0, 0)


def test_a_print_shops_colours_become_a_screens() -> None:
    found = redraw(written(Image.new("CMYK", (30, 20), (0, 255, 255, 0)), "JPEG"))
    assert found is not None
    with Image.open(io.BytesIO(found.data)) as drawn:
        red, green, blue = drawn.convert("RGB").resize((1, 1)).tobytes()
    assert red > 150 > max(green, blue)


def test_a_profile_is_applied_and_then_gone() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    found = redraw(photo(kind="PNG", icc_profile=profile))
    assert found is not None
    with Image.open(io.BytesIO(found.data)) as drawn:
        assert "icc_profile" not in drawn.info


def test_a_profile_that_is_none_changes_nothing() -> None:
    assert redraw(photo(kind="PNG", icc_profile=b"no profile at all")) is not None


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_a_picture_that_moves_goes_on_moving_behind_a_still(kind: str) -> None:
    found = redraw(moving(12, kind))
    assert found is not None
    assert found.small is not None
    with Image.open(io.BytesIO(found.data)) as drawn, Image.open(io.BytesIO(found.small)) as still:
        assert getattr(drawn, "n_frames", 1) == 12
        assert getattr(still, "n_frames", 1) == 1


def test_one_that_moves_for_ever_becomes_a_still() -> None:
    found = redraw(moving(MOST_FRAMES + 1, size=(4, 4)))
    assert found is not None
    with Image.open(io.BytesIO(found.data)) as drawn:
        assert getattr(drawn, "n_frames", 1) == 1


def test_nothing_is_left_of_a_script_that_hid_in_a_picture() -> None:
    for raw in (gif_that_is_a_script(), photo(kind="PNG") + SCRIPT, photo(comment=SCRIPT)):
        found = redraw(raw)
        assert found is not None
        assert SCRIPT not in found.data


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GIF89a",
        b"GIF89a" + SCRIPT,
        b"\x89PNG\r\n\x1a\n" + SCRIPT,
        b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        photo()[:2_000],
        photo(kind="PNG")[:200],
        huge_png(),
    ],
    ids=["nothing", "head", "gif", "png", "svg", "postscript", "cut", "cut-png", "huge"],
)
def test_what_is_no_whole_picture_is_refused(raw: bytes) -> None:
    assert redraw(raw) is None


@given(st.binary(max_size=400), st.sampled_from([b"GIF89a", b"\x89PNG\r\n\x1a\n", b"RIFF", b""]))
def test_no_bytes_break_the_reader(tail: bytes, start: bytes) -> None:
    redraw(start + tail)


def test_adas_photo_becomes_a_small_square_that_tells_nobody_where_she_was() -> None:
    found = face(photo_with_a_place())
    assert found is not None
    with Image.open(io.BytesIO(found)) as drawn:
        assert (drawn.format, drawn.size) == ("JPEG", (FACE_SIDE, FACE_SIDE))
        assert dict(drawn.getexif()) == {}
    assert b"Canary" not in found


def test_the_middle_of_a_wide_photo_is_her_face() -> None:
    wide = Image.new("RGB", (900, 300), "red")
    wide.paste("blue", (300, 0, 600, 300))
    found = face(written(wide, "PNG"))
    assert found is not None
    with Image.open(io.BytesIO(found)) as drawn:
        corners = [drawn.getpixel(each) for each in ((2, 2), (125, 2), (2, 125), (125, 125))]
    assert all(isinstance(each, tuple) and each[2] > 200 > 60 > each[0] for each in corners)


def test_what_is_see_through_stands_on_white() -> None:
    found = face(written(Image.new("RGBA", (200, 200), (0, 0, 0, 0)), "WEBP"))
    assert found is not None
    with Image.open(io.BytesIO(found)) as drawn:
        assert drawn.getpixel((64, 64)) == (255, 255, 255)


@pytest.mark.parametrize(
    "raw",
    [b"", SCRIPT, huge_png(), gif_that_is_a_script(), photo(kind="GIF"), photo()[:400]],
    ids=["nothing", "a script", "a bomb", "a script in a gif", "a gif", "half a photo"],
)
def test_what_is_no_photo_of_the_three_kinds_is_no_face(raw: bytes) -> None:
    assert face(raw) is None
