"""How a number's line moves: nobody before their turn, codes in front."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.pace import LATE, LONG_CODE, MINUTE, SECOND, Line, turn

NOW = 1_000 * SECOND
ONE_A_SECOND = Line(per_minute=LONG_CODE)


def turns(line: Line, *pieces: int, now: int = NOW, front: bool = False) -> list[float]:
    """Seconds from ``now`` at which these go, who come in this order and at once."""
    found = []
    for each in pieces:
        given_turn = turn(line, each, now, front=front)
        found.append((given_turn.at - now) / SECOND)
        line = given_turn.line
    return found


def test_one_text_a_second_goes_and_the_others_are_told_their_turns() -> None:
    assert turns(ONE_A_SECOND, 1, 1, 1) == [0, 1, 2]


def test_a_text_of_three_segments_takes_three() -> None:
    assert turns(ONE_A_SECOND, 3, 1, 2, 1) == [0, 3, 4, 6]


def test_a_faster_number_sends_faster() -> None:
    assert turns(Line(per_minute=6_000), *[1] * 3) == [0, 0.01, 0.02]


def test_a_line_that_is_not_ours_lets_everything_pass() -> None:
    assert turns(Line(per_minute=0), 9, 9, 9) == [0, 0, 0]


def test_whoever_comes_to_their_turn_goes_and_takes_no_second_one() -> None:
    line = turn(ONE_A_SECOND, 1, NOW, front=False).line
    waits = turn(line, 1, NOW, front=False)
    goes = turn(waits.line, 1, waits.at, given=waits.at, front=False)
    assert goes.at == waits.at
    assert goes.line.free_at == waits.line.free_at


def test_whoever_comes_long_after_their_turn_stands_in_line_again() -> None:
    """A worker that was away for an hour must not send the hour's texts at once."""
    line = turn(ONE_A_SECOND, 1, NOW, front=False).line
    late, found = NOW + 3_600 * SECOND, []
    for number in range(3):
        again = turn(line, 1, late, given=NOW + number * SECOND, front=False)
        found.append((again.at - late) / SECOND)
        line = again.line
    assert found == [0, 1, 2]


def test_a_code_goes_in_front_of_those_who_wait_and_keeps_its_distance_to_other_codes() -> None:
    line = ONE_A_SECOND
    for _ in range(60):
        line = turn(line, 1, NOW, front=False).line
    code = turn(line, 1, NOW + 10 * SECOND, front=True)
    assert code.at == NOW + 10 * SECOND
    assert turn(code.line, 1, NOW + 10 * SECOND, front=True).at == NOW + 11 * SECOND
    assert turn(code.line, 1, NOW + 10 * SECOND, front=False).at == NOW + 61 * SECOND


def test_a_code_waits_for_what_has_just_gone_out() -> None:
    line = turn(ONE_A_SECOND, 1, NOW, front=False).line
    assert turn(line, 1, NOW, front=True).at == NOW + SECOND


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 6_000),
    st.lists(st.tuples(st.integers(0, 20 * SECOND), st.integers(1, 10)), max_size=40),
)
def test_in_no_stretch_of_time_does_more_go_than_the_number_may(
    per_minute: int, comes: list[tuple[int, int]]
) -> None:
    line, now, went = Line(per_minute=per_minute), NOW, []
    for pause, pieces in comes:
        now += pause
        found = turn(line, pieces, now, front=False)
        line = found.line
        went.append((found.at, pieces))
    assert went == sorted(went, key=lambda each: each[0])
    for first, (begins, _) in enumerate(went):
        taken = 0
        for at, pieces in went[first:]:
            # The last one is under way: it has not taken its time yet.
            assert taken * MINUTE <= (at - begins) * per_minute + per_minute
            taken += pieces


def test_late_is_longer_than_the_clockwork_sleeps() -> None:
    assert LATE >= 2 * SECOND
