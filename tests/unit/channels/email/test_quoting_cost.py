# ruff: noqa: E501  (tables read better on one line)
"""What an enemy's mail costs: time linear to its length, and little for a person's mail."""

from __future__ import annotations

import time

import pytest

from gateway.channels.email.quoting import visible_reply

PLAIN = [
    ">", "> \n", "On ", "On \n", "wrote:", "wrote:\n", "On 5 Jul 2021 10:00 a@b\n", "From: a@b\n",
    "From: a\nTo: b\n", "-- \n", "_\n", "Sent from my\n", "-----Original Message-----\n", "<x@y>:\n", "\n",
    "Ada> \n", "| \n", "a@b:\n| x\n\n", "> 5\n", ">>> x() 10:00 >>>\n", "T: <a@b> 2021 10:00\n", "a\n5/7/2021 10:00\nTo\n",
    "---- a b ----\n", "---- a b ----\nFrom: a@b\n", "## above line\n", "On 5 Jul 2021\n\n", "AL> ",
]  # fmt: skip
RICH = [
    "<div>", "<blockquote>", "<div class=gmail_quote>", "<blockquote></div>", "<a href='", '<a "', "<",
    "<!--", "&#9", "<ul><li>", "<table><tr><td>", "x<br>", "<pre>\n", "<a b=", "<span></div>",
    "<div class=gmail_quote><div><blockquote></blockquote>",
    "<p class=MsoNormal>&nbsp;", "<li><p>", "<p style='margin:0'>", "<div style='font-size:0'>", "<blockquote>x</blockquote>",
]  # fmt: skip


def _seconds(source: str, *, rich: bool) -> float:
    best = 60.0
    for _ in range(2):
        start = time.process_time()
        visible_reply(None if rich else source, source if rich else None)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize(
    ("piece", "rich"), [(p, False) for p in PLAIN] + [(p, True) for p in RICH], ids=repr
)
def test_twice_the_mail_takes_about_twice_the_time(piece: str, rich: bool) -> None:
    small = _seconds(piece * (20_000 // len(piece)), rich=rich)
    large = _seconds(piece * (80_000 // len(piece)), rich=rich)
    # Four times the length: linear is 4, quadratic 16; below 20 ms a ratio is noise.
    assert large < max(8.5 * small, 0.08)


def test_veras_mail_is_read_within_fifty_milliseconds() -> None:
    thread = "".join(f"> line {n} of what Ada wrote on 5 Jul 2021 at 10:00\n" for n in range(500))
    text = f"{'Some words of mine.' * 3}\n" * 40 + f"\nOn 5 Jul 2021, Ada wrote:\n{thread}"
    assert _seconds(text, rich=False) < 0.05
    rich = (
        "<p>Some words of mine.</p>" * 100 + f"<blockquote>{'<div>a<br>b</div>' * 200}</blockquote>"
    )
    assert _seconds(rich, rich=True) < 0.05
