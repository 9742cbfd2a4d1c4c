"""What files are called, whatever their senders call them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.files.names import MOST, disposition, shown

BYTES = "application/octet-stream"


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("order 12.pdf", "order 12.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\Users\\Vera\\shoe.jpg", "shoe.jpg"),
        ("a\x00b\r\nSet-Cookie: x.txt", "a b Set-Cookie x.txt"),
        ("exe.\u202egpj.txt", "exe. gpj.txt"),
        ("in\u200bvisible.pdf", "in visible.pdf"),
        ('<b>"x"|y?*.pdf', "b x y .pdf"),
        (".htaccess", "htaccess"),
        ("CON", "_CON"),
        ("lpt1.txt", "_lpt1.txt"),
        ("", "file"),
        ("...", "file"),
        ("\u3164", "file"),
        ("靴のサイズ.pdf", "靴のサイズ.pdf"),
        ("Cafe\u0301.txt", "Caf\u00e9.txt"),
    ],
)
def test_a_name_is_fit_to_be_shown(given_name: str, name: str) -> None:
    assert shown(given_name, BYTES) == name


def test_a_picture_ends_as_its_bytes_say() -> None:
    assert shown("invoice.html", "image/png") == "invoice.html.png"
    assert shown("IMG_1.JPG", "image/jpeg") == "IMG_1.JPG"
    assert shown("", "image/webp") == "file.webp"


def test_a_long_name_keeps_its_end() -> None:
    found = shown("a" * 300 + ".pdf", BYTES)
    assert len(found) == MOST
    assert found.endswith("a.pdf")


@given(st.text())
def test_no_name_leaves_its_place_or_breaks_a_line(text: str) -> None:
    name = shown(text, BYTES)
    assert 0 < len(name) <= MOST
    assert not set(name) & set('/\\\r\n\x00"<>:|?*\u202e')
    assert name not in (".", "..")
    header = disposition(name, inline=False)
    assert re.fullmatch(
        r"attachment; filename=\"[A-Za-z0-9 ._()-]+\"; filename\*=UTF-8''[A-Za-z0-9._~%-]+", header
    )


def test_an_old_browser_gets_a_name_and_a_new_one_the_whole() -> None:
    assert disposition("Größe 38.pdf", inline=True) == (
        "inline; filename=\"Groe 38.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%2038.pdf"
    )
