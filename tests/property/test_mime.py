"""Whatever bytes come as a mail: never an exception, and nothing out that may not come out."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.channels.email import mime
from tests.fuzz import targets

MAIL = sorted((Path(__file__).parents[1] / "corpus" / "mail").glob("*.eml"))
RUNS = settings(max_examples=150, deadline=None)
mails = st.sampled_from(MAIL).map(Path.read_bytes)
words = st.sampled_from(targets.target("mime").words)


@RUNS
@given(st.lists(st.one_of(words, st.binary(max_size=12)), max_size=60).map(b"".join))
def test_no_mixture_of_mails_words_brings_out_what_may_not_come_out(raw: bytes) -> None:
    targets.target("mime").check(raw)


@RUNS
@given(mails, mails, st.data())
def test_two_mails_grown_together_are_read(one: bytes, other: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(one)))
    targets.target("mime").check(one[:at] + other[data.draw(st.integers(0, len(other))) :])


@RUNS
@given(mails, st.data())
def test_a_mail_with_something_in_it_many_times_is_read(one: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(one)))
    piece = data.draw(st.one_of(words, st.binary(min_size=1, max_size=8)))
    targets.target("mime").check(one[:at] + piece * data.draw(st.integers(1, 2_000)) + one[at:])


@RUNS
@given(mails)
def test_a_mail_is_read_alike_every_time_and_with_either_line_end(raw: bytes) -> None:
    assert mime.parse(raw) == mime.parse(raw)
    first, second = mime.parse(raw), mime.parse(raw.replace(b"\r\n", b"\n"))
    assert first is not None
    assert second is not None
    assert first.text == second.text
    assert [file.name for file in first.attachments] == [file.name for file in second.attachments]
