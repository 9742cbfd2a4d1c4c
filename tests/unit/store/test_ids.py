"""Ids that sort by time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import DAY, MILLISECOND
from gateway.store.ids import new_id

NOW = 1_760_000_000_000_000  # October 2025
FOREVER = 2**48 * MILLISECOND - 1  # until the year 10889


@given(st.integers(0, FOREVER), st.integers(0, FOREVER))
def test_a_later_millisecond_makes_a_greater_id(one: int, other: int) -> None:
    if one // MILLISECOND != other // MILLISECOND:
        assert (new_id(one) < new_id(other)) == (one < other)


@given(st.integers(0, FOREVER))
def test_an_id_is_26_characters_that_survive_a_url_a_phone_and_lower_case(now: int) -> None:
    made = new_id(now)
    assert len(made) == 26
    assert set(made) <= set("0123456789abcdefghjkmnpqrstvwxyz")
    assert made == made.lower()


def test_ids_of_one_millisecond_are_all_different() -> None:
    assert len({new_id(NOW) for _ in range(10_000)}) == 10_000


def test_every_bit_after_the_time_is_left_to_chance() -> None:
    made = [new_id(NOW) for _ in range(2_000)]
    time, chance = {each[:9] for each in made}, [each[10:] for each in made]
    assert len(time) == 1
    assert all(len({each[place] for each in chance}) == 32 for place in range(16))


def test_a_days_ids_share_their_first_characters() -> None:
    assert new_id(NOW)[:3] == new_id(NOW + DAY)[:3]
