"""The head of a mail, before anybody reads the mail."""

from __future__ import annotations

from gateway.channels.email.head import MOST_HEAD, head_of


def test_words_that_look_like_fields_are_no_fields() -> None:
    found = head_of(b"From: vera@shopper.example\r\n\r\nMessage-ID: <quoted@shopper.example>\r\n")
    assert found == (("From", "vera@shopper.example"),)


def test_a_head_without_end_is_read_as_far_as_heads_are() -> None:
    found = head_of(b"Message-ID: <1@shopper.example>\r\n" + b"a:b\r\n" * 2_000_000)
    assert found.get("message-id") == "<1@shopper.example>"
    assert len(found) <= MOST_HEAD // len(b"a:b\r\n")
