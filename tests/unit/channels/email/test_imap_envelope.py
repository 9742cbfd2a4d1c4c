"""For whom a mail is, by its head alone."""

from __future__ import annotations

from gateway.channels.email.imap_envelope import (
    MOST_NAMED,
    named_in,
    sender_in,
    with_line_ends,
)
from gateway.channels.email.tokens import local_part, sign

DOMAIN = "in.shoes.example"
SECRET = b"s" * 32
REPLY = f"{local_part('r', sign(SECRET, 'r', 'a' * 26))}@{DOMAIN}"
OTHER_REPLY = f"{local_part('r', sign(SECRET, 'r', 'b' * 26))}@{DOMAIN}"


def head(*fields: str) -> bytes:
    return "\r\n".join([*fields, "", "To: nobody@words.example", ""]).encode()


def test_everybody_in_the_head_is_named_and_nobody_in_the_words() -> None:
    raw = head("Delivered-To: b@x.example", "To: A <a@x.example>, c@x.example", "Cc: d@x.example")
    assert named_in(raw) == ("a@x.example", "b@x.example", "c@x.example", "d@x.example")


def test_a_reply_address_comes_first_and_the_delivered_one_before_the_written_one() -> None:
    raw = head(
        f"To: a@x.example, {OTHER_REPLY}",
        "Delivered-To: help@shoes.example",
        f"X-Original-To: {REPLY.upper()}",
    )
    assert named_in(raw) == (REPLY, OTHER_REPLY, "a@x.example", "help@shoes.example")


def test_two_copies_of_a_mail_name_the_same_people_in_the_same_order() -> None:
    to = "To: help@shoes.example, sales@shoes.example"
    first = named_in(head("Delivered-To: help@shoes.example", to))
    assert first == named_in(head("Delivered-To: sales@shoes.example", to))


def test_a_head_with_thousands_of_names_is_not_asked_about_for_ever() -> None:
    crowd = ", ".join(f"a{number}@x.example" for number in range(2_000))
    assert len(named_in(head(f"To: {crowd}"))) <= MOST_NAMED


def test_the_delivering_server_says_who_sent_it() -> None:
    assert sender_in(head("Return-Path: <vera@shopper.example>")) == "vera@shopper.example"
    assert sender_in(head("Return-Path: <>")) == ""
    assert sender_in(head("From: vera@shopper.example")) == ""


def test_line_ends_are_made_only_where_there_are_none() -> None:
    assert with_line_ends(b"A: b\n\nc\n") == b"A: b\r\n\r\nc\r\n"
    assert with_line_ends(b"A: b\r\n\r\nc\nd\r\n") == b"A: b\r\n\r\nc\nd\r\n"
