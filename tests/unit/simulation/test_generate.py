"""Histories that are made up, and histories in files."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import median

import pytest

from gateway.core.policy import MINUTE, SECOND, Policy
from gateway.errors import BadInput
from gateway.simulation import distributions, generate
from gateway.simulation.distributions import Around, Lasting
from gateway.simulation.history import read_setting, read_story
from gateway.simulation.history_lines import written
from gateway.simulation.replay import replay
from gateway.simulation.story import Known, Said, Seen, Story

MANY = 300
GUIDE = Path(__file__).resolve().parents[3] / "docs" / "simulating.md"


@pytest.fixture(scope="module")
def month() -> list[Story]:
    return list(generate.stories(MANY, 7, generate.setting()))


def test_the_same_seed_makes_the_same_and_another_makes_others(month: list[Story]) -> None:
    setting = generate.setting()
    assert list(generate.stories(20, 7, setting)) == month[:20]
    others = list(generate.stories(20, 8, setting))
    assert not {each.events for each in others} & {each.events for each in month}
    # Neighbouring seeds share nothing but their numbers.
    assert others[0].began != month[1].began


def test_conversations_are_of_about_six_messages_and_at_most_eight_decisions(
    month: list[Story],
) -> None:
    setting = generate.setting()
    messages = [sum(isinstance(event, Said) for event in each.events) for each in month]
    assert 5.0 < sum(messages) / MANY < 7.0
    decisions = [replay(each, setting, Policy()).decisions for each in month]
    assert max(decisions) <= distributions.MOST_DECISIONS == 8
    assert sum(decisions) > MANY


def test_every_kind_of_thing_happens(month: list[Story]) -> None:
    kinds = {type(event).__name__ for each in month for event in each.events}
    assert kinds == {
        "Said",
        "Seen",
        "Moved",
        "Acted",
        "Opened",
        "Stands",
        "Replied",
        "Known",
    }
    sent = [each for story in month for each in story.recorded]
    assert {each.side for each in sent} == {"shopper", "staff"}
    assert {each.channel for each in sent} == {"sms", "email"}
    assert {str(step.state) for each in sent for step in each.course} >= {
        "accepted",
        "delivered",
        "bounced",
    }


def test_events_are_in_order_and_nothing_is_seen_before_it_is_written(month: list[Story]) -> None:
    for story in month:
        ats = [event.at for event in story.events]
        assert ats == sorted(ats)
        written_at = {e.seq: e.at for e in story.events if isinstance(e, Said)}
        assert all(
            written_at[event.seq] <= event.at for event in story.events if isinstance(event, Seen)
        )


def test_shares_are_as_the_table_says(month: list[Story]) -> None:
    known = sum(
        any(isinstance(e, Known) and e.at == story.began for e in story.events) for story in month
    )
    assert abs(known / MANY - distributions.KNOWN) < 0.1


@pytest.mark.parametrize("seed", [1, 2])
def test_spans_are_drawn_as_they_are_told(seed: int) -> None:
    chance = Random(seed)  # noqa: S311  # not a secret
    around = Around(MINUTE, 2.0)
    spans = [around.draw(chance) for _ in range(2_000)]
    assert abs(median(spans) / MINUTE - 1) < 0.1
    within = sum(MINUTE / 2 <= each <= MINUTE * 2 for each in spans)
    assert abs(within / 2_000 - 0.683) < 0.05
    lasting = [Lasting(MINUTE).draw(chance) for _ in range(2_000)]
    assert abs(sum(lasting) / 2_000 / MINUTE - 1) < 0.1
    assert str(around) == "log-normal, median 1 min, spread x2"
    assert str(Lasting(90 * SECOND)) == "exponential, mean 1.5 min"


def test_the_table_documents_all_five_subjects() -> None:
    subjects = {subject for subject, _, _ in distributions.TABLE}
    assert subjects == {"arriving", "writing", "answering", "leaving", "reading", "bouncing"}
    assert all(what and how for _, what, how in distributions.TABLE)


def test_the_guide_shows_the_table_as_it_is() -> None:
    page = GUIDE.read_text()
    shown = page.split("<!-- distributions -->\n")[1].split("<!-- /distributions -->")[0]
    assert shown == distributions.table(), "write it anew from gateway.simulation.distributions"


def test_a_history_reads_back_as_it_was_written(month: list[Story]) -> None:
    setting = replace(generate.setting(), outages=(("sms", 1, 2),), accepting=((0, 5), (9, None)))
    lines = list(written(setting, month))
    again = read_setting(lines[0])
    assert (again.agents, again.rates) == (setting.agents, setting.rates)
    assert (again.outages, again.accepting) == (setting.outages, setting.accepting)
    assert [read_story(line, n) for n, line in enumerate(lines[1:], start=2)] == month
    assert sum(map(len, lines[1:])) / MANY < 1_500


@pytest.mark.parametrize("line", ["", "{}", "[]", "nothing", '{"onethread_history": 0}'])
def test_a_first_line_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(BadInput):
        read_setting(line)


def test_a_line_that_holds_no_conversation_is_named(month: list[Story]) -> None:
    _, good = written(generate.setting(), month[:1])
    broken = json.loads(good)
    cases = ["", "{}", "[1]", good[: len(good) // 2]]
    for place, value in itertools.product((4, 6, 7, 8), (None, 7, [None])):
        if (place, value) != (4, [None]):  # a zone that nobody knows is none
            cases.append(json.dumps([*broken[:place], value, *broken[place + 1 :]]))
    for line in cases:
        with pytest.raises(BadInput, match="line 17"):
            read_story(line, 17)
