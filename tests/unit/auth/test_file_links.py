"""A link opens one file of one store to one side until one instant, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.auth.file_links import FileLink, read, write

SECRET, OTHER = b"a secret of the tests, 32 bytes long", b"another secret, also 32 bytes long."
NOW = 1_800_000_000
LINK = FileLink(
    store_id="06gs1", attachment_id="06gf1", audience="shopper", size="whole", until=NOW + 600
)


def test_a_link_reads_as_it_was_written_until_its_end() -> None:
    token = write(SECRET, LINK)
    assert read([OTHER, SECRET], token, now=NOW) == LINK
    assert read([SECRET], token, now=NOW + 599) == LINK
    assert read([SECRET], token, now=NOW + 600) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(LINK, store_id="06gs2"),
        replace(LINK, attachment_id="06gf2"),
        replace(LINK, audience="staff"),
        replace(LINK, size="small"),
        replace(LINK, until=NOW + 900),
    ],
)
def test_no_part_of_a_link_can_be_changed(other: FileLink) -> None:
    mark = write(SECRET, LINK).rpartition(".")[2]
    forged = write(SECRET, other).rpartition(".")[0] + "." + mark
    assert read([SECRET], forged, now=NOW) is None


def test_every_character_counts() -> None:
    token = write(SECRET, LINK)
    for at in range(len(token)):
        for char in "a2.0":
            changed = token[:at] + char + token[at + 1 :]
            assert changed == token or read([SECRET], changed, now=NOW) is None
    for changed in (token + "a", token[1:], "", ".....", token.upper(), token + "\n"):
        assert read([SECRET], changed, now=NOW) is None


def test_another_houses_secret_signs_nothing_here() -> None:
    assert read([OTHER], write(SECRET, LINK), now=NOW) is None
