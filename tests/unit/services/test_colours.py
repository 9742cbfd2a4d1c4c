"""A store may have any colour; what stands on it, and the colour itself, can be read."""

from __future__ import annotations

import pytest

from gateway.services.colours import DEFAULT_ACCENT, accent_of, readable, text_on

COLOURS = ["#000000", "#ffffff", "#ffd400", "#2f5d50", "#0000ff", "#888888"]


def test_text_on_a_colour_is_whichever_of_black_and_white_reads_better() -> None:
    assert (text_on("#2f5d50"), text_on("#000000")) == ("#fff", "#fff")
    assert (text_on("#ffd400"), text_on("#FFFFFF")) == ("#000", "#000")


@pytest.mark.parametrize("ground", ["#ffffff", "#1c1f22"])
@pytest.mark.parametrize("colour", COLOURS)
def test_a_name_in_any_colour_reads_on_light_and_on_dark(colour: str, ground: str) -> None:
    def luminance(of: str) -> float:
        parts = [int(of[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted((luminance(readable(colour, ground)), luminance(ground)))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_a_colour_that_reads_already_stays_as_it_is() -> None:
    assert readable("#2f5d50", "#ffffff") == "#2f5d50"


@pytest.mark.parametrize("colour", ["", "red", "#fff", "#12345g", "#123456;}body{}", "#2f5d50\n"])
def test_what_is_no_colour_is_ours_and_never_reaches_a_stylesheet(colour: str) -> None:
    assert accent_of(colour) == DEFAULT_ACCENT
