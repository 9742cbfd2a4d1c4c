"""What is drawn for ``onethread seed``: so many, and the same for the same seed."""

from __future__ import annotations

from random import Random

import pytest

from gateway.clock import DAY
from gateway.services.seed_draws import draw, lengths, written_id
from gateway.store.ids import first_id

NOW = 1_800_000_000_000_000


@pytest.mark.parametrize(("conversations", "messages"), [(1, 1), (7, 7), (100, 2_000), (3, 1_000)])
def test_the_lengths_add_up_and_nobody_said_nothing(conversations: int, messages: int) -> None:
    found = lengths(conversations, messages, Random("vera"))  # noqa: S311  # no secret
    assert (len(found), sum(found)) == (conversations, messages)
    assert min(found) >= 1


def test_a_few_conversations_are_much_longer_than_most() -> None:
    found = sorted(lengths(1_000, 20_000, Random("vera")))  # noqa: S311  # no secret
    assert found[500] < 20 < found[-1] / 4


def test_the_same_seed_draws_the_same_conversation_and_another_another() -> None:
    one, again, other = (draw(seed, 7, 12, NOW, 3) for seed in ("1:1", "1:1", "2:1"))
    assert (one.name, one.said, one.labels) == (again.name, again.said, again.labels)
    assert one.new_id(NOW) == again.new_id(NOW)
    assert one.said != other.said


def test_a_conversation_begins_with_the_shopper_and_goes_forward_into_the_past_only() -> None:
    for number in range(200):
        drawn = draw("1:1", number, 9, NOW, 3)
        assert drawn.said[0].side == "shopper"
        assert sum(not each.note for each in drawn.said) == 9
        at = [each.at for each in drawn.said]
        assert at == sorted(at)
        assert at[-1] < NOW < at[-1] + 366 * DAY


def test_made_up_ids_sort_among_those_that_the_gateway_makes() -> None:
    assert written_id(NOW, 0) == first_id(NOW)
