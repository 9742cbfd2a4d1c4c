"""Whose push services are called, whatever a client names."""

from __future__ import annotations

import pytest

from gateway.channels.push.hosts import MOST_ENDPOINT, VENDORS, PushHosts

USUAL = PushHosts()


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA",
        "https://web.push.apple.com/QGuQyavXutnMH",
        "https://FCM.googleapis.com:443/fcm/send/abc",
    ],
)
def test_the_vendors_of_browsers_are_called(endpoint: str) -> None:
    assert USUAL.take(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "fcm.googleapis.com/fcm/send/abc",
        "http://fcm.googleapis.com/fcm/send/abc",
        "ftp://fcm.googleapis.com/abc",
        "https://fcm.googleapis.com:8443/abc",
        "https://fcm.googleapis.com:0/abc",
        "https://fcm.googleapis.com:99999/abc",
        "https://ada:secret@fcm.googleapis.com/abc",
        "https://fcm.googleapis.com@evil.example/abc",
        "https://fcm.googleapis.com.evil.example/abc",
        "https://evil.example/fcm.googleapis.com",
        "https://evilpush.apple.com.example/abc",
        "https://push.apple.com.evil.example/abc",
        "https://xpush.services.mozilla.com/abc",
        "https://push.services.mozilla.com/abc",
        "https://googleapis.com/abc",
        "https://storage.googleapis.com/abc",
        "https://127.0.0.1/abc",
        "https://[::1]/abc",
        "https://[::ffff:127.0.0.1]/abc",
        "https://169.254.169.254/latest/meta-data",
        "https://0x7f.1/abc",
        "https://localhost/abc",
        "https://fcm.googleapis.com\\@evil.example/abc",
        "https://fcm.googleapis.com\n.evil.example/abc",
        "https://fcm.googleapis.com/\x00",
        "https://fcm。googleapis。com/abc",
        "https://[fcm.googleapis.com/abc",
        "https://fcm.googleapis.com/" + "a" * MOST_ENDPOINT,
        "javascript:alert(1)",
        "gopher://fcm.googleapis.com/abc",
    ],
)
def test_nobody_else_is(endpoint: str) -> None:
    assert not USUAL.take(endpoint)


def test_a_pretend_push_service_is_called_when_the_operator_names_its_origin() -> None:
    hosts = PushHosts.named(["http://127.0.0.1:8081/", " *.push.example "])
    assert hosts.take("http://127.0.0.1:8081/push/abc")
    assert hosts.take("https://eu.push.example/abc")
    assert not hosts.take("http://127.0.0.1:8082/push/abc")
    assert not hosts.take("https://127.0.0.1:8081/push/abc")
    assert not hosts.take("http://eu.push.example/abc")
    assert not hosts.take("https://fcm.googleapis.com/fcm/send/abc")


@pytest.mark.parametrize("word", ["*", "*.com!", "localhost", "http://", "file:///etc", "a b.c"])
def test_a_setting_that_would_match_nothing_or_everything_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="write it like"):
        PushHosts.named([word])


def test_the_vendors_are_themselves_a_setting() -> None:
    assert PushHosts.named(VENDORS) == USUAL
