"""An entry that both audiences see as the same is written once for both."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.services.wire import entry_for, is_alike
from gateway.store.attachments import IN_DATA
from gateway.store.tables import EntryRow
from gateway.store.tx import pack

FACES = {"ada": "0123456789abcdef"}
DATAS = [{}, {"why": "earlier"}, {IN_DATA: []}, {"delivery": "d-1", "state": "accepted"}]


@st.composite
def entries(draw: st.DrawFn) -> EntryRow:
    side = draw(st.sampled_from(["shopper", "staff", "system"]))
    seq = draw(st.integers(min_value=1, max_value=4))
    return EntryRow(
        store_id="acme",
        conversation_id="c-1",
        seq=seq,
        entry_id=f"e-{seq}",
        prev=draw(st.integers(min_value=0, max_value=seq - 1)),
        at=1_700_000_000_000_000,
        kind=draw(st.sampled_from(["message", "note", "event"])),
        audience=draw(st.sampled_from(["all", "staff"])),
        side=side,
        author_id={"shopper": "vera", "staff": "ada", "system": ""}[side],
        author_name={"shopper": "Vera", "staff": "Ada", "system": ""}[side],
        channel=draw(st.sampled_from(["chat", "sms", "email"])),
        body="Is the blue one back?",
        data=pack(draw(st.sampled_from(DATAS))),
        inbound_key=draw(st.sampled_from([None, "in-1"])),
        edited_at=draw(st.sampled_from([None, 1_700_000_001_000_000])),
        taken_back_at=draw(st.sampled_from([None, 1_700_000_002_000_000])),
    )


@given(row=entries())
def test_what_is_alike_reads_alike(row: EntryRow) -> None:
    if is_alike(row):
        assert entry_for("staff", row, FACES) == entry_for("shopper", row, FACES)


def test_a_plain_message_is_alike_and_one_after_a_note_is_not() -> None:
    plain = EntryRow(
        store_id="acme",
        conversation_id="c-1",
        seq=3,
        entry_id="e-3",
        prev=2,
        at=1_700_000_000_000_000,
        kind="message",
        audience="all",
        side="shopper",
        author_id="vera",
        author_name="Vera",
        channel="chat",
        body="Is the blue one back?",
        data="{}",
    )
    assert is_alike(plain)
    plain.prev = 1
    assert not is_alike(plain)
