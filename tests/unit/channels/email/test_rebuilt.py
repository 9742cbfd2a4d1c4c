"""A mail in fields, put together again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email import mime
from gateway.channels.email.rebuilt import File, Taken, build, person

FROM = ("From", "Vera <vera@shopper.example>")


def test_a_long_chain_of_references_is_folded_and_kept_whole() -> None:
    ids = tuple(f"<{number:040d}@acme.example>" for number in range(100))
    raw = build(Taken(headers=[FROM, ("References", " ".join(ids))], text="Blue?", html=None))
    head = raw.partition(b"\r\n\r\n")[0]
    assert max(len(line) for line in head.split(b"\r\n")) <= 998
    read = mime.parse(raw)
    assert read is not None
    assert read.references == ids


def test_a_subject_of_megabytes_costs_no_more_than_its_length() -> None:
    raw = build(Taken(headers=[FROM, ("Subject", "ü " * 1_000_000)], text="Blue?", html=None))
    assert len(raw) < 6_000_000


def test_a_mail_without_words_is_a_mail() -> None:
    read = mime.parse(build(Taken(headers=[FROM], text=None, html=None)))
    assert read is not None
    assert (read.text or "").strip() == ""


@given(
    data=st.binary(min_size=1, max_size=300), name=st.text(), kind=st.text(), content_id=st.text()
)
def test_any_file_comes_out_as_it_went_in(
    data: bytes, name: str, kind: str, content_id: str
) -> None:
    file = File(name=name, content_type=kind, data=data, content_id=content_id)
    read = mime.parse(build(Taken(headers=[FROM], text="Blue?", html="<p>Blue?", files=[file])))
    assert read is not None
    assert data in [each.data for each in read.attachments]
    assert (read.text or "").strip() == "Blue?"


@given(name=st.text(), address=st.text())
def test_any_person_is_one_mailbox_or_none(name: str, address: str) -> None:
    head = [("From", person(name, address)), ("To", person(name, "vera@shopper.example"))]
    read = mime.parse(build(Taken(headers=head, text="Blue?", html=None)))
    assert read is not None
    assert [each.addr for each in read.to] == ["vera@shopper.example"]
