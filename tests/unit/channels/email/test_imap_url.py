"""Where a mailbox is: what an operator may write, and what is never shown again."""

from __future__ import annotations

import pytest

from gateway.channels.email.imap_url import Place, place_from
from gateway.errors import Misconfigured
from gateway.settings import read_settings


def place(url: str, password: str | None = None) -> Place:
    found = place_from(read_settings(imap_url=url, imap_password=password))
    assert found is not None
    return found


def test_without_a_setting_no_mailbox_is_read() -> None:
    assert place_from(read_settings(imap_url=None)) is None


@pytest.mark.parametrize(
    ("url", "host", "port", "folder", "tls"),
    [
        ("imaps://a:b@Mail.example", "mail.example", 993, "INBOX", "tls"),
        ("imaps://a:b@mail.example:1993/", "mail.example", 1993, "INBOX", "tls"),
        ("imap://a:b@mail.example/INBOX", "mail.example", 143, "INBOX", "starttls"),
        ("imap://a:b@[::1]/Sh%C3%B6p/New", "::1", 143, "Shöp/New", "starttls"),
        ("imap://a:b@mail.example/X?tls=none", "mail.example", 143, "X", "none"),
    ],
)
def test_a_url_says_where_and_how(url: str, host: str, port: int, folder: str, tls: str) -> None:
    found = place(url)
    assert (found.host, found.port, found.folder, found.tls) == (host, port, folder, tls)


def test_user_and_password_are_percent_encoded() -> None:
    found = place("imaps://help%40shoes.example:p%40s%2Fs%23@mail.example")
    assert (found.user, found.password) == ("help@shoes.example", "p@s/s#")


def test_a_password_may_stand_apart_and_then_wins() -> None:
    assert place("imaps://a@mail.example", "p@s/s#%41").password == "p@s/s#%41"
    assert place("imaps://a:old@mail.example", "new").password == "new"


def test_a_password_is_in_no_representation() -> None:
    assert "hunter2" not in repr(place("imaps://a:hunter2@mail.example"))
    assert "hunter2" not in repr(read_settings(imap_url="imaps://a:hunter2@mail.example"))


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "https://a:hunter2@mail.example",
        "imaps://a:hunter2@",
        "imaps://:hunter2@mail.example",
        "imaps://a:hunter2@mail.example:many",
        "imaps://a:hunter2@mail.example:70000",
        "imaps://a:hunter2#x@mail.example",
        "imaps://a:hunter2@mail.example/INBOX#x",
        "imaps://a:hunter2@mail.example/INBOX?tls=none",
        "imap://a:hunter2@mail.example/INBOX?tls=maybe",
        "imap://a:hunter2@[::1/INBOX",
        "imaps://a:hunter2%0d%0aA1%20LOGOUT@mail.example",
        "imaps://a:hunter2@mail.example/IN%0aBOX",
        "imaps://a@mail.example",
    ],
)
def test_what_cannot_be_used_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        place(url)
    assert "IMAP_URL" in refused.value.message
    assert "hunter2" not in refused.value.message
    assert "mail.example" not in refused.value.message
