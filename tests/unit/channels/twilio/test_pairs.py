"""How a form is read: as the standard library does it, and in less time."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.twilio.webhooks import pairs_of

BROKEN = st.text("ab=&+% %4é\x00;", max_size=30).map(str.encode) | st.binary(max_size=30)


@given(BROKEN)
def test_whatever_bytes_come_they_are_read_as_the_standard_library_reads_them(raw: bytes) -> None:
    assert pairs_of(raw) == parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)


@given(st.lists(st.tuples(st.text(min_size=1), st.text())))
def test_what_was_written_is_what_is_read(pairs: list[tuple[str, str]]) -> None:
    whole = [
        (name, value)
        for name, value in pairs
        if (name + value).isprintable()  # no half of a pair: nobody could have written it
    ]
    assert pairs_of(urlencode(whole).encode()) == whole
