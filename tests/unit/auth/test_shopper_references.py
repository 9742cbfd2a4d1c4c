"""A reference names a shopper for some minutes, and is none of anything else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.auth import file_links
from gateway.auth.shopper_references import ShopperReference, read, write

KEY, OTHER = b"a secret of the house", b"another secret of the house"
NOW = 1_767_960_000
VERA = ShopperReference(store_id="store1", shopper_id="vera1", until=NOW + 600)


def test_what_was_written_is_read_until_it_is_over() -> None:
    token = write(KEY, VERA)
    assert read([KEY], token, now=NOW) == VERA
    assert read([OTHER, KEY], token, now=NOW + 599) == VERA
    assert read([KEY], token, now=NOW + 600) is None


@pytest.mark.parametrize(
    "changed",
    [
        replace(VERA, store_id="store2"),
        replace(VERA, shopper_id="walt1"),
        replace(VERA, until=NOW + 9_999),
    ],
)
def test_a_changed_part_is_none_of_ours(changed: ShopperReference) -> None:
    mark = write(KEY, VERA).rpartition(".")[2]
    assert read([KEY], ".".join((*changed.parts, mark)), now=NOW) is None


@pytest.mark.parametrize("token", ["", "a.b.1", "a.b.1.c", "é" * 40, "a" * 500, "\x00"])
def test_anything_else_is_no_reference(token: str) -> None:
    assert read([KEY], token, now=NOW) is None


def test_the_same_instant_written_otherwise_and_another_secret_are_none_of_ours() -> None:
    token = write(KEY, VERA)
    assert read([KEY], token.replace(str(VERA.until), f"0{VERA.until}"), now=NOW) is None
    assert read([OTHER], token, now=NOW) is None


def test_the_link_to_a_file_is_no_reference() -> None:
    link = file_links.FileLink(
        store_id="s", attachment_id="a", audience="shopper", size="whole", until=NOW + 600
    )
    assert read([KEY], file_links.write(KEY, link), now=NOW) is None
