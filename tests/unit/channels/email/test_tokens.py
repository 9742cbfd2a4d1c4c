"""Tokens lead Vera's mail home, and nobody can make one up."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.tokens import (
    LOCAL_PART_OCTETS,
    PAYLOAD_CHARS,
    bounce_address,
    delivery_of,
    local_part,
    message_id,
    reply_address,
    sign,
    split,
    verify,
)
from gateway.errors import BadInput

SECRET = b"the shop's own secret"
OLDER = b"the secret before that"
ID = "01jd3v0e8zq6w4x2k9n7m5t1ab"

payloads = st.text(alphabet="0123456789abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=42)


@given(payloads, st.sampled_from(["r", "b"]))
def test_a_token_carries_its_payload(payload: str, kind: str) -> None:
    token = sign(SECRET, kind, payload)
    assert verify([SECRET], kind, token) == payload
    assert verify([SECRET], kind, token.upper()) == payload
    assert re.fullmatch(r"[a-z0-9]+", token)
    assert len(f"{kind}+{token}".encode()) <= LOCAL_PART_OCTETS


def test_a_token_of_an_id_holds_at_least_eighty_bits_of_proof() -> None:
    assert (len(sign(SECRET, "r", ID)) - len(ID)) * 5 >= 80


def test_a_secret_on_its_way_out_still_verifies() -> None:
    token = sign(OLDER, "r", ID)
    assert verify([SECRET, OLDER], "r", token) == ID
    assert verify([SECRET], "r", token) is None
    assert verify([], "r", token) is None


def test_a_bounce_token_is_no_reply_token() -> None:
    assert verify([SECRET], "r", sign(SECRET, "b", ID)) is None


@given(st.integers(min_value=0), st.sampled_from("0123456789abcdefghijklmnopqrstuvwxyz"))
def test_a_changed_character_is_noticed(where: int, other: str) -> None:
    token = sign(SECRET, "r", ID)
    where %= len(token)
    changed = token[:where] + other + token[where + 1 :]
    assert verify([SECRET], "r", changed) == (ID if changed == token else None)


@given(st.text())
def test_any_text_can_be_presented(text: str) -> None:
    assert verify([SECRET], "r", text) is None
    split(text)
    delivery_of(text, "in.shop.example")


def test_an_empty_secret_neither_signs_nor_verifies() -> None:
    with pytest.raises(BadInput):
        sign(b"", "r", ID)
    assert verify([b""], "r", sign(SECRET, "r", ID)) is None


@pytest.mark.parametrize("payload", ["", "UPPER", "a-b", "a b", "ä", "x\n", "a" * 43])
def test_a_payload_that_would_not_survive_is_refused(payload: str) -> None:
    with pytest.raises(BadInput):
        sign(SECRET, "r", payload)


def test_there_is_room_for_a_store_beside_an_id() -> None:
    assert PAYLOAD_CHARS - len(ID) >= 16


def test_vera_answers_to_the_address_she_was_given() -> None:
    address = reply_address(SECRET, domain="in.shop.example", payload=ID)
    taken = split(address.swapcase())
    assert taken is not None
    kind, token = taken
    assert kind == "r"
    assert verify([SECRET], kind, token) == ID
    assert address == f"{local_part('r', token)}@in.shop.example"


def test_a_bounce_comes_back_to_its_delivery() -> None:
    taken = split(f"<{bounce_address(SECRET, domain='in.shop.example', payload=ID)}>")
    assert taken is not None
    assert taken[0] == "b"
    assert verify([SECRET], "b", taken[1]) == ID


@pytest.mark.parametrize(
    "address",
    [
        "vera@example.com",
        "support@in.shop.example",
        "r+@in.shop.example",
        "r+short@in.shop.example",
        f"x+{'a' * 46}@in.shop.example",
        f"r-{'a' * 46}@in.shop.example",
        f"r+{'a' * 45}!@in.shop.example",
        f"r+{'a' * 63}@in.shop.example",
        "",
        "@",
    ],
)
def test_another_address_is_not_ours(address: str) -> None:
    assert split(address) is None


@pytest.mark.parametrize(
    "quoted",
    [
        f"<{ID}@shop.example>",
        f"{ID}@shop.example",
        f" <{ID}@SHOP.example> ",
        f"<{ID.upper()}@shop.example>",
    ],
)
def test_a_message_id_names_its_delivery(quoted: str) -> None:
    assert message_id(ID, "shop.example") == f"<{ID}@shop.example>"
    assert delivery_of(quoted, "shop.example") == ID


@pytest.mark.parametrize(
    "other",
    [
        "",
        "<>",
        f"<{ID}@elsewhere.example>",
        f"<{ID}@x@shop.example>",
        f"<{ID}>",
        "<a.b@shop.example>",
    ],
)
def test_another_message_id_names_nothing(other: str) -> None:
    assert delivery_of(other, "shop.example") is None


def test_a_delivery_id_that_could_break_out_is_refused() -> None:
    with pytest.raises(BadInput):
        message_id("x>\r\nBcc: mallory@example.com", "shop.example")
