"""What an operator sets for mail by webhook, and what they are told when they err."""

from __future__ import annotations

import pytest

from gateway.errors import Misconfigured
from gateway.settings import read_settings
from gateway.web.mail_keys import mail_keys
from tests.posting import MAILGUN_KEY, POSTMARK_SECRET, TOPIC, sendgrid_public_key

NAMES = ["POSTMARK_INBOUND_SECRET", "MAILGUN_SIGNING_KEY", "SENDGRID_INBOUND_SECRET",
         "SENDGRID_PUBLIC_KEY", "SES_TOPICS"]  # fmt: skip


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which nobody has set any of them."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"ONETHREAD_{name}", raising=False)


def test_without_a_setting_no_provider_is_heard() -> None:
    keys = mail_keys(read_settings())
    assert not any((keys.postmark, keys.mailgun, keys.sendgrid, keys.sendgrid_keys, keys.topics))


@pytest.mark.parametrize("prefix", ["", "ONETHREAD_"])
def test_each_is_known_by_its_name_and_may_hold_two(
    monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    key = sendgrid_public_key()
    for name, value in zip(
        NAMES,
        [f"{POSTMARK_SECRET}, {POSTMARK_SECRET}-new", MAILGUN_KEY, "s" * 16, key, f"{TOPIC},"],
        strict=True,
    ):
        monkeypatch.setenv(prefix + name, value)
    keys = mail_keys(read_settings())
    assert keys.postmark == [POSTMARK_SECRET, f"{POSTMARK_SECRET}-new"]
    assert (keys.mailgun, keys.sendgrid, keys.topics) == ([MAILGUN_KEY], ["s" * 16], [TOPIC])
    assert len(keys.sendgrid_keys) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POSTMARK_INBOUND_SECRET", "short"),
        ("SENDGRID_INBOUND_SECRET", f"{'s' * 16},short"),
        ("SENDGRID_PUBLIC_KEY", "no key"),
        ("SES_TOPICS", "acme-mail"),
    ],
)
def test_what_cannot_be_used_is_named_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match=name) as told:
        mail_keys(read_settings())
    assert value not in told.value.message
