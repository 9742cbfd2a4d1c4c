"""Tokens that open something, and what is kept of them."""

from __future__ import annotations

import base64
import re

from gateway.auth.tokens import (
    CODE_DIGITS,
    code_digest,
    digest,
    mint,
    mint_code,
    same,
    seal,
    sealed,
)

SECRET, OTHER_SECRET = b"s" * 32, b"t" * 32


def test_ten_thousand_tokens_have_nothing_in_common() -> None:
    tokens = [mint() for _ in range(10_000)]
    assert len(set(tokens)) == len({token[:8] for token in tokens}) == 10_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)  # 256 bits


def test_what_is_kept_of_a_token_is_not_the_token() -> None:
    token = mint()
    assert re.fullmatch(r"[0-9a-f]{64}", digest(token))
    assert digest(token) == digest(token) != digest(mint())
    assert token not in digest(token)


def test_any_text_has_a_digest() -> None:
    assert digest("") != digest("\ud800") != digest("\x00")


def test_secrets_are_the_same_or_not() -> None:
    assert same("abc", "abc")
    assert same("é", "é")
    assert not same("abc", "abd")
    assert not same("abc", "abcd")
    assert not same("abc", "")
    assert not same("\ud800", "abc")


def test_a_code_is_so_many_digits_and_hard_to_guess() -> None:
    codes = [mint_code() for _ in range(2_000)]
    assert all(re.fullmatch(rf"[0-9]{{{CODE_DIGITS}}}", code) for code in codes)
    assert len(set(codes)) > 1_900
    assert {code[0] for code in codes} == set("0123456789")  # a leading nought is kept


def test_what_is_kept_of_a_code_fits_one_code_of_one_address_under_one_key() -> None:
    kept = code_digest(SECRET, "vera-phone", "012345")
    assert kept == code_digest(SECRET, "vera-phone", "012345")
    assert kept != code_digest(SECRET, "vera-phone", "012346")
    assert kept != code_digest(SECRET, "walt-phone", "012345")
    assert kept != code_digest(OTHER_SECRET, "vera-phone", "012345")
    assert "012345" not in kept


# --- seals ---------------------------------------------------------------------------------------


def test_a_seal_is_short_and_holds_eighty_bits() -> None:
    mark = seal(SECRET, "link", "acme", "vera-phone")
    assert re.fullmatch(r"[a-z2-7]{16}", mark)
    assert len(base64.b32decode(mark.upper())) * 8 == 80
    assert mark == seal(SECRET, "link", "acme", "vera-phone")


def test_a_seal_fits_its_purpose_its_parts_and_their_order_alone() -> None:
    mark = seal(SECRET, "link", "acme", "vera-phone")
    assert sealed((SECRET,), mark, "link", "acme", "vera-phone")
    for parts in (
        ("form", "acme", "vera-phone"),
        ("link", "acme", "walt-phone"),
        ("link", "acmev", "era-phone"),
        ("link", "vera-phone", "acme"),
        ("link", "acme", "vera-phone", ""),
        ("link", "acmevera-phone"),
        ("link", "acme"),
    ):
        assert not sealed((SECRET,), mark, *parts)


def test_a_seal_that_was_changed_in_one_character_is_none() -> None:
    mark = seal(SECRET, "link", "acme")
    for place, char in enumerate(mark):
        other = "a" if char != "a" else "b"
        assert not sealed((SECRET,), mark[:place] + other + mark[place + 1 :], "link", "acme")
    for given in ("", mark[:-1], mark + "a", mark.upper(), "é", "\ud800"):
        assert not sealed((SECRET,), given, "link", "acme")


def test_a_seal_of_the_former_secret_still_holds_after_a_rotation() -> None:
    mark = seal(SECRET, "link", "acme")
    assert sealed((OTHER_SECRET, SECRET), mark, "link", "acme")
    assert not sealed((OTHER_SECRET,), mark, "link", "acme")
    assert not sealed((), mark, "link", "acme")
