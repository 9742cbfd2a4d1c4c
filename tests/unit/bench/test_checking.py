from collections.abc import Sequence

import pytest

from bench.checking import APART, Entry, doubled_in, refuse, wrong_in


def log(*numbers: int) -> list[Entry]:
    """Vera's messages of these numbers after the entry that opened the conversation."""
    said: list[Entry] = [("c", 1, 0, "staff", "", None)]
    last = 0
    for seq, number in enumerate(numbers, start=2):
        said.append(("c", seq, last, "all", "vera", f"m00000-{number:08d}"))
        last = seq
    return said


def wrong(entries: Sequence[Entry], written: int, head: tuple[int, int] | None = None) -> list[str]:
    return wrong_in(entries, {"c": head or (entries[-1][1], entries[-1][1])}, written)


def test_a_log_that_is_whole_is_right() -> None:
    assert wrong(log(0, 1, 2, APART, APART + 1), 5) == []


def test_a_message_that_was_acknowledged_and_is_nowhere_is_missed() -> None:
    assert wrong(log(0, 1), 3) == ["3 messages were acknowledged, 2 are kept"]


def test_a_message_that_is_lost_between_others_is_missed() -> None:
    (found, _) = wrong(log(0, 2), 3)
    assert found == "c: between the numbers 0 and 2 something is lost"


@pytest.mark.parametrize("numbers", [(0, 1, 1), (0, 2, 1)], ids=["twice", "out of order"])
def test_a_message_that_stands_twice_or_too_late_is_seen(numbers: tuple[int, ...]) -> None:
    assert any("stands after number" in each for each in wrong(log(*numbers), 3))


def test_a_gap_of_seqs_is_seen() -> None:
    entries = log(0, 1, 2)
    del entries[2]
    assert "c: 4 follows 2" in wrong(entries, 2)


def test_an_entry_that_names_the_wrong_one_before_it_is_seen() -> None:
    entries = log(0, 1)
    entries[2] = ("c", 3, 1, "all", "vera", "m00000-00000001")
    assert wrong(entries, 2) == ["c: 3 names 1, not 2"]


def test_a_row_that_does_not_agree_with_its_log_is_seen() -> None:
    assert wrong(log(0), 1, head=(3, 2)) == ["c says (3, 2), its log ends at (2, 2)"]


def test_a_conversation_without_its_log_is_seen() -> None:
    assert wrong_in([], {"c": (2, 2)}, 0) == ["c says (2, 2), its log ends at (0, 0)"]


def test_deliveries_that_carry_different_words_or_go_to_different_people_are_right() -> None:
    assert (
        doubled_in(
            [
                ("c", "vera", "[2,3]", "SM1", None),
                ("c", "vera", "[4]", "SM2", None),
                ("c", "ada", "[2]", None, "<1@acme.example>"),
                ("d", "vera", "[2]", None, None),
            ]
        )
        == []
    )


def test_an_entry_that_went_to_vera_twice_is_seen() -> None:
    carried = [("c", "vera", "[2]", "SM1", None), ("c", "vera", "[2,3]", "SM2", None)]
    assert doubled_in(carried) == ["c: 2 went to vera 2 times"]


def test_one_text_of_the_carrier_that_two_deliveries_claim_is_seen() -> None:
    carried = [("c", "vera", "[2]", "SM1", None), ("d", "noor", "[2]", "SM1", None)]
    assert doubled_in(carried) == ["SM1 names 2 deliveries"]


def test_findings_let_no_figure_stand() -> None:
    refuse([])
    with pytest.raises(RuntimeError, match="1 findings, such as: c: 2 went to vera 2 times"):
        refuse(["c: 2 went to vera 2 times"])
