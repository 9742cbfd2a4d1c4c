# ruff: noqa: E501  (tables read better on one line)
from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from gateway.channels.email import inks
from gateway.channels.email.html import sanitise, to_text

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
PIXEL = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
PAYLOADS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '<svg onload="alert(1)">',
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>', '<a href="java\tscript:alert(1)">x</a>',
    '<a href=" &#14; javascript:alert(1)">x</a>', '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:x">x</a>', '<iframe src="https://x.example"></iframe>', "<form action=x><input>",
    '<img src="https://track.example/p.gif">', '<img src="//track.example/p.gif">',
    '<img src="data:image/svg+xml;base64,AAAA">', '<img srcset="https://track.example/p.gif 2x">',
    '<div style="background:url(https://track.example/p)">x</div>', "<style>*{display:none}</style>",
    '<div style="position:fixed;top:0;display:none;opacity:0;font-size:0">x</div>',
    '<link rel=stylesheet href="https://x.example/x.css">', '<meta http-equiv=refresh content="0;url=x">',
    '<base href="https://x.example/">', '<object data="x"></object>', "<noscript><p title='</noscript><img>'>",
    '<body background="https://track.example/p">', '<video src=x onerror=alert(1)>', "<textarea>x",
    '<a href="https://x.example" target="_self" rel="opener">x</a>',
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_ada_may_look_at_what_an_enemy_sent(payload: str) -> None:
    tree = document_fromstring(f"<div>{sanitise(f'<p>Hello {payload} there</p>').html}</div>")
    for element in tree.iter():
        tag, attributes = element.tag, element.attrib
        assert tag not in {
            "script",
            "style",
            "svg",
            "iframe",
            "form",
            "input",
            "link",
            "meta",
            "object",
        }
        assert not any(name.startswith("on") for name in attributes)
        assert "background" not in attributes
        assert "srcset" not in attributes
        assert re.match(r"data:image/(png|jpeg|gif|webp);", attributes.get("src") or PIXEL)
        assert re.match(r"https?:|mailto:|tel:", attributes.get("href") or "https:")
        style = attributes.get("style") or ""
        assert not re.search("url|position|display|opacity|font-size", style)
        if tag == "a":
            assert attributes["rel"] == "noopener noreferrer nofollow ugc"
            assert attributes["target"] == "_blank"


def test_ada_sees_what_vera_laid_out() -> None:
    html = '<p>Hi <b>Ada</b></p><img src="cid:p1" alt="Lamp"><a href="tel:+4420">call</a>'
    shown = sanitise(html, {"p1": PIXEL}).html
    assert "<b>Ada</b>" in shown
    assert f'<img src="{PIXEL}" alt="Lamp">' in shown
    assert 'href="tel:+4420"' in shown


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello</p><p>Vera</p>", "Hello\n\nVera"),
        ("a<br>b<script>x</script>", "a\nb"),
        ('see <a href="https://x.example/a">this</a>!', "see this (https://x.example/a)!"),
        ('<a href="https://x.example/">x.example</a>', "x.example"),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example"),
        ('<a href="javascript:x">this</a>', "this"),
        ("<ul><li>lamp</li><li>bulb</li></ul>", "  * lamp\n  * bulb"),
        ("", ""),
        ("<!-- nothing -->", ""),
        ('<?xml version="1.0" encoding="utf-16"?><p>é</p>', "é"),
        ("a\x00b", "a\ufffdb"),
    ],
)
def test_html_reads_as_text(html: str, text: str) -> None:
    assert to_text(html) == text


# Shapes on which a parser that follows the standard to the letter, or a table layout, is quadratic.
HOSTILE = [
    "<div>", "<b>", "<b id=1><p>", "<table><tr><td>", "<span><div></span></div>", "</x><div>",
    "<div><table><tr><td></div></table>", "<font a=1><div></font>", "<a href='x", '<a x="', "<", "<!--",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.timeout(20)
def test_an_enemys_long_mail_takes_no_longer_than_it_is_long(piece: str) -> None:
    source = "words " + piece * (200_000 // len(piece))
    assert "words" in sanitise(source).html
    assert "words" in to_text(source)


@pytest.mark.timeout(20)
def test_a_table_with_one_wide_cell_is_not_padded_to_gigabytes() -> None:
    source = f"<table><tr><td>{'x' * 100_000}</td></tr>{'<tr><td>y</td></tr>' * 5_000}</table>"
    assert len(to_text(source)) < 1_000_000


@given(st.text())
def test_no_characters_make_it_raise(source: str) -> None:
    for out in (sanitise(source).html, to_text(source)):
        assert "\x00" not in out
        out.encode("utf-8")


_BITS = st.sampled_from(
    ["<", ">", "</", "a", "table", "td", " href=", '"', "'", "javascript:", "&#", "x", ";", "<!--", "-->",
     "<a href='http://x'>", "<table>", "<td colspan=9999>", "<li>", "<ol start=x>", "\ud800", "<?"]
)  # fmt: skip


@given(st.lists(_BITS, max_size=40).map("".join))
def test_no_mixture_of_marks_makes_it_raise(source: str) -> None:
    assert "javascript:" not in "".join(re.findall(r'href="([^"]*)"', sanitise(source).html))
    to_text(source)


def test_pictures_from_elsewhere_stay_away_until_ada_asks_for_them() -> None:
    html = (
        '<img src="https://shop.example/a.png" alt="A"><img src="//track.example/o.gif">'
        '<img src="cid:lamp%40home"><img src="lamp.png"><img src="cid:nobody">'
    )
    own = {"lamp@home": PIXEL, "lamp.png": PIXEL}
    shown = sanitise(html, own)
    assert shown.held_back == 2
    assert shown.html.count(PIXEL) == 2
    assert "example" not in shown.html
    asked = sanitise(html, own, from_elsewhere=True)
    assert asked.held_back == 0
    assert 'src="https://shop.example/a.png"' in asked.html
    assert "srcset" not in sanitise(f'<img srcset="{PIXEL} 2x">', from_elsewhere=True).html


@pytest.mark.parametrize(
    "address",
    [
        "data:image/svg+xml;base64,PHN2Zy8+", "data:image/png;base64,PHN2ZyBvbmxvYWQ9eD4=",
        "data:text/html;base64,PHA+", "data:image/png,%89PNG", "file:///etc/passwd", "blob:x",
        "javascript:alert(1)", "data:image/png;base64,", " data:image/svg+xml,<svg>",
    ],
)  # fmt: skip
def test_what_is_no_picture_by_its_bytes_is_not_shown_as_one(address: str) -> None:
    assert sanitise(f'<img src="{address}" alt="x">').html == '<img alt="x">'


def test_a_picture_with_a_wrong_label_is_shown_under_the_right_one() -> None:
    wrong = PIXEL.replace("image/png", "image/gif")
    assert PIXEL in sanitise(f'<img src="{wrong}">').html


def test_one_picture_shown_a_thousand_times_does_not_make_a_page_of_gigabytes() -> None:
    large = f"data:image/png;base64,{base64.b64encode(PNG + bytes(1_000_000)).decode()}"
    page = sanitise('<img src="cid:x">' * 1_000, {"x": large}).html
    assert len(page) < 20_000_000


def test_a_mail_with_a_large_picture_pasted_in_keeps_its_layout() -> None:
    pasted = f"data:image/png;base64,{base64.b64encode(PNG + bytes(3_000_000)).decode()}"
    shown = sanitise(f'<p><b>The lamp</b></p><img src="{pasted}">').html
    assert shown.startswith("<p><b>The lamp</b></p>")


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color:#c00", "color:#c00"), ("COLOR: Red !important", "color:red"), ("color:rgb(0, 80, 0)", "color:rgb(0, 80, 0)"),
        ("color:#fff", None), ("color:white", None), ("color:transparent", None), ("color:rgba(0,0,0,0)", None),
        ("color:#fefefe;font-weight:bold", "font-weight:bold"), ("color:url(//x)", None), ("font-size:0", None),
        ("display:none", None), ("position:fixed", None), ("opacity:0", None), ("background:url(//x)", None),
        ("text-align:center;text-indent:-999px", "text-align:center"), ("white-space:pre", "white-space:pre"),
        ("col\\6fr:red", None), ("color:/**/red", None), (";;", None),
    ],
)  # fmt: skip
def test_a_style_may_emphasise_and_nothing_else(style: str, kept: str | None) -> None:
    assert inks.style(style) == kept


def test_words_in_the_colour_of_the_paper_are_black() -> None:
    assert "color" not in sanitise('<font color="#ffffff">x</font>').html
    assert 'color="red"' in sanitise('<font color="red">x</font>').html
