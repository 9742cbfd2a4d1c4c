"""How much a worker takes at a time: a second's work, and little while nobody knows the pace."""

from __future__ import annotations

from gateway.services.claiming import SAFETY
from gateway.settings import Settings
from gateway.worker.dispatcher import AT_ONCE
from gateway.worker.throughput import LEAST, MOST, Throughput

LONGEST_CALL = 20.0  #: seconds that a mail server may take


def after(ends: list[float]) -> Throughput:
    worked = Throughput()
    for each in ends:
        worked.ended(each)
    return worked


def test_a_worker_that_has_handed_nothing_over_yet_takes_little() -> None:
    assert Throughput().room(now=100.0) == LEAST


def test_while_providers_answer_at_once_it_takes_what_it_did_in_the_last_second() -> None:
    assert after([100 + n / 50 for n in range(50)]).room(now=100.99) == 50


def test_it_never_takes_more_than_the_most() -> None:
    assert after([100 + n / 1_000 for n in range(900)]).room(now=100.9) == MOST


def test_a_provider_that_hangs_makes_it_take_little_again() -> None:
    worked = after([100 + n / 1_000 for n in range(900)])
    assert worked.room(now=102.5) == LEAST


def test_what_it_takes_at_least_begins_within_the_lease_though_every_call_hangs() -> None:
    """``AT_ONCE`` may be under way when it claims, and are waited for as well."""
    lease = Settings.model_fields["lease"].default
    before_the_last = (LEAST // AT_ONCE) * LONGEST_CALL
    assert before_the_last < lease * (1 - SAFETY)
