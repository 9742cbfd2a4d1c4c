"""Webhooks are signed as the Standard Webhooks specification says, and believed only so."""

from __future__ import annotations

import base64

import pytest

from gateway.channels.app.signature import (
    FRESH,
    ID,
    SIGNATURE,
    TIMESTAMP,
    headers_of,
    key_of,
    mint,
    proven_id,
)
from gateway.errors import BadInput, Forbidden

# The example that the specification's libraries share.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NAME, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}'
MARK = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
OTHER = "whsec_" + base64.b64encode(b"another secret of thirty-two byte").decode()


def headers(secrets: tuple[str, ...] = (SECRET,), at: int = AT) -> dict[str, str]:
    return dict(headers_of(secrets, NAME, at, BODY))


def test_the_published_example_is_signed_as_published() -> None:
    assert headers() == {ID: NAME, TIMESTAMP: str(AT), SIGNATURE: MARK}
    assert proven_id([SECRET], headers(), BODY, now=AT) == NAME


def test_while_a_secret_is_replaced_both_sign_and_either_is_believed() -> None:
    made = headers((OTHER, SECRET))
    assert len(made[SIGNATURE].split()) == 2
    for held in ([OTHER], [SECRET], [SECRET, OTHER]):
        assert proven_id(held, made, BODY, now=AT) == NAME
    assert proven_id([OTHER, SECRET], headers(), BODY, now=AT) == NAME


def test_a_fresh_secret_is_the_form_s_and_no_two_are_alike() -> None:
    first, second = mint(), mint()
    assert first.startswith("whsec_")
    assert len(key_of(first)) == 32
    assert first != second


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (SIGNATURE, MARK.replace("g0h", "g0i")),
        (SIGNATURE, MARK.replace("v1,", "v1a,")),
        (SIGNATURE, "v1,"),
        (SIGNATURE, "é"),
        (ID, NAME + "x"),
        (TIMESTAMP, str(AT + 1)),
    ],
)
def test_whatever_is_changed_it_is_not_believed(name: str, value: str) -> None:
    with pytest.raises(Forbidden, match="not signed"):
        proven_id([SECRET], headers() | {name: value}, BODY, now=AT)


def test_other_words_under_the_same_signature_are_not_believed() -> None:
    with pytest.raises(Forbidden, match="not signed"):
        proven_id([SECRET], headers(), BODY + b" ", now=AT)
    with pytest.raises(Forbidden, match="not signed"):
        proven_id([OTHER], headers(), BODY, now=AT)
    with pytest.raises(Forbidden, match="not signed"):
        proven_id([], headers(), BODY, now=AT)


@pytest.mark.parametrize("late", [FRESH, -FRESH])
def test_a_call_is_good_for_five_minutes_around_its_time(late: int) -> None:
    assert proven_id([SECRET], headers(), BODY, now=AT + late) == NAME
    beyond = late + (1 if late > 0 else -1)
    with pytest.raises(Forbidden, match="5 minutes"):
        proven_id([SECRET], headers(), BODY, now=AT + beyond)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (ID, ""),
        (ID, "a.b"),
        (ID, "x" * 201),
        (ID, "nul\x00"),
        (TIMESTAMP, ""),
        (TIMESTAMP, "yesterday"),
        (TIMESTAMP, "1.5"),
        (TIMESTAMP, "٣"),
        (TIMESTAMP, "9" * 13),
        (SIGNATURE, ""),
        (SIGNATURE, " ".join([MARK] * 9)),
    ],
)
def test_what_is_no_header_of_the_form_is_told_by_its_name(name: str, value: str) -> None:
    with pytest.raises(BadInput, match=name):
        proven_id([SECRET], headers() | {name: value}, BODY, now=AT)


@pytest.mark.parametrize(
    "typed", ["", "whsec_", "whsec_short", "not base64 at all!", "whsec_" + "A" * 200]
)
def test_what_is_no_secret_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        key_of(typed)
    assert not typed or typed not in str(refused.value)
