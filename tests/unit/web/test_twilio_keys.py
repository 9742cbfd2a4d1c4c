"""What an operator may set as shared keys of webhooks."""

from __future__ import annotations

import pytest

from gateway.errors import Misconfigured
from gateway.settings import read_settings
from gateway.web.twilio_keys import twilio_keys

ONE, TWO = "a secret of sixteen or more", "another one:with a colon in it"


def keys(value: str | None) -> dict[str, str]:
    return twilio_keys(read_settings(twilio_webhook_keys=value))


@pytest.mark.parametrize("value", [None, "", " , "])
def test_without_keys_there_are_none(value: str | None) -> None:
    assert keys(value) == {}


def test_keys_go_by_their_ids_and_a_secret_may_hold_a_colon() -> None:
    assert keys(f" key_1:{ONE} , key_2:{TWO},") == {"key_1": ONE, "key_2": TWO}


@pytest.mark.parametrize("value", [ONE, f":{ONE}", "key_1:", f"key_1:{ONE},key_1:{TWO}", "k:short"])
def test_what_is_no_key_is_said_at_the_start_without_the_secret(value: str) -> None:
    with pytest.raises(Misconfigured, match="TWILIO_WEBHOOK_KEYS") as caught:
        keys(value)
    assert ONE not in caught.value.message
