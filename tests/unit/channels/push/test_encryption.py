"""RFC 8291: what only Vera's browser reads."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.push.encryption import (
    MOST_BODY,
    MOST_PLAIN,
    STEP,
    BadKeys,
    from_base64url,
    padded,
    sealed,
    to_base64url,
)
from gateway.sandbox.browsers import Browser, Unreadable

# RFC 8291, section 5 and appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
OWN = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
    "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulc"
    "y4a-fN"
)


def keys_of(browser: Browser) -> tuple[str, str]:
    keys = browser.subscription("https://push.example")["keys"]
    assert isinstance(keys, dict)
    return keys["p256dh"], keys["auth"]


def test_the_example_of_the_standard_comes_out_to_the_byte() -> None:
    own = derive_private_key(int.from_bytes(from_base64url(OWN), "big"), SECP256R1())
    assert to_base64url(sealed(PLAIN, P256DH, AUTH, own=own, salt=from_base64url(SALT))) == SEALED


def test_vera_s_browser_reads_it_and_dora_s_does_not() -> None:
    vera, dora = Browser.subscribed("k"), Browser.subscribed("k")
    body = sealed(PLAIN, *keys_of(vera))
    assert vera.read(body) == PLAIN.decode()
    with pytest.raises(Unreadable):
        dora.read(body)


def test_the_same_words_never_look_alike_twice() -> None:
    assert len({sealed(PLAIN, P256DH, AUTH) for _ in range(20)}) == 20


@given(st.text(max_size=200))
def test_the_length_tells_nothing_of_what_is_said(words: str) -> None:
    payload = json.dumps({"title": words}, ensure_ascii=False).encode()
    assert len(padded(payload)) == STEP
    assert json.loads(padded(payload)) == {"title": words}


@pytest.mark.parametrize("length", [0, 1, STEP - 1, STEP, STEP + 1, MOST_PLAIN - 1, MOST_PLAIN])
def test_what_may_be_said_fits_into_what_every_push_service_takes(length: int) -> None:
    body = sealed(padded(b"x" * length), P256DH, AUTH)
    assert len(body) <= MOST_BODY


def test_what_is_too_long_is_not_cut() -> None:
    assert padded(b"x" * (MOST_PLAIN + 1)) == b"x" * (MOST_PLAIN + 1)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", AUTH),
        ("BCVx", AUTH),
        ("A" + P256DH[1:], AUTH),
        ("BA" + "A" * 85, AUTH),
        (P256DH + "!", AUTH),
        (P256DH, ""),
        (P256DH, AUTH[:-2]),
        (P256DH, AUTH + "AAAA"),
        (P256DH, "é" * 22),
    ],
)
def test_keys_that_are_none_are_told_as_such(p256dh: str, auth: str) -> None:
    with pytest.raises(BadKeys):
        sealed(PLAIN, p256dh, auth)


@given(st.text(max_size=100), st.text(max_size=40))
def test_whatever_a_client_says_are_its_keys_is_sealed_or_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(BadKeys):
        sealed(PLAIN, p256dh, auth)
