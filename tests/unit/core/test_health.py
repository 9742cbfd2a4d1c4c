"""The circuit of a channel, and the rest that an address gets."""

from __future__ import annotations

from gateway.core.health import (
    Circuit,
    address_failed,
    after_failure,
    after_success,
    channel_down,
    channel_failed,
)
from gateway.core.policy import DAY, MINUTE, SECOND
from tests.unit.core.scenes import NOON, POLICY, shop


def failed(times: int, *, at: int = NOON) -> Circuit:
    """A channel after so many failures in a row, each one as soon as it is tried again."""
    circuit = Circuit()
    for _ in range(times):
        circuit = channel_failed(circuit, POLICY, max(at, circuit.open_until))
    return circuit


def test_a_channel_is_left_alone_after_its_fifth_failure_in_a_row_and_not_before() -> None:
    assert failed(4) == Circuit(failures=4)
    assert failed(5) == Circuit(failures=5, open_until=NOON + POLICY.circuit_first)


def test_a_channel_that_carries_nothing_of_ours_is_left_alone_at_its_first_failure() -> None:
    circuit = channel_down(Circuit(), POLICY, NOON)
    assert circuit == Circuit(failures=1, open_until=NOON + POLICY.circuit_first)
    again = channel_down(circuit, POLICY, circuit.open_until)
    assert again.open_until - circuit.open_until == 2 * POLICY.circuit_first


def test_each_time_it_fails_again_it_is_left_alone_for_twice_as_long() -> None:
    rests = [failed(times).open_until - failed(times - 1).open_until for times in range(6, 12)]
    assert rests == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 15 * MINUTE, 15 * MINUTE]


def test_one_success_closes_it() -> None:
    assert after_success(failed(7)) == Circuit()
    assert channel_failed(after_success(failed(7)), POLICY, NOON) == Circuit(failures=1)


def test_what_was_under_way_while_it_was_open_says_nothing_new() -> None:
    circuit = failed(5)
    assert channel_failed(circuit, POLICY, circuit.open_until - 1) == circuit
    assert channel_failed(circuit, POLICY, circuit.open_until).failures == 6


def test_an_address_rests_for_a_day_after_its_third_failure() -> None:
    circuit = Circuit()
    for _ in range(2):
        circuit = address_failed(circuit, POLICY, NOON)
    assert circuit.open_until == 0
    circuit = address_failed(circuit, POLICY, NOON)
    assert circuit.open_until == NOON + DAY
    again = address_failed(circuit, POLICY, NOON + DAY)
    assert again.open_until == NOON + 2 * DAY


def test_a_store_says_how_patient_it_is() -> None:
    hasty = shop(circuit_after=1, circuit_first=10 * SECOND, address_after=1)
    assert channel_failed(Circuit(), hasty, NOON).open_until == NOON + 10 * SECOND
    assert address_failed(Circuit(), hasty, NOON).open_until == NOON + DAY


def test_no_number_of_failures_makes_a_number_that_cannot_be_kept() -> None:
    worn = Circuit(failures=10**6)
    found = after_failure(worn, NOON, most=5, first=30 * SECOND, longest=10**30)
    assert found.open_until < 2**90
