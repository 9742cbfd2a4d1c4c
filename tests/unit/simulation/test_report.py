"""What a run adds up to: counts, differences, and the forms in which they are shown."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from typing_extensions import override

from gateway.core.model import Presence
from gateway.core.policy import MINUTE
from gateway.simulation import generate
from gateway.simulation.compare import disagreements
from gateway.simulation.html import as_html
from gateway.simulation.replay import really
from gateway.simulation.run import Report, Simulation
from gateway.simulation.table import as_text
from tests.unit.simulation.shop import ACCEPTED, AWAKE, DELIVERED, DESK, Shop, agent


def vera_was_texted() -> Shop:
    shop = Shop().has("sms", "email").is_now(0, Presence.GONE).asks(1).answers(20)
    return shop.really(50, "sms", ACCEPTED, DELIVERED, segments=2)


def kinds(shop: Shop, **changes: object) -> list[str]:
    policy = replace(AWAKE, **changes)  # type: ignore[arg-type]
    then = really(shop.story(), policy)
    return [each.kind for each in disagreements("c1", then, shop.under(policy))]


def test_each_kind_of_difference_has_its_name() -> None:
    shop = vera_was_texted()
    assert kinds(shop) == []
    assert kinds(shop, gone=5 * MINUTE, longest_gone=5 * MINUTE) == ["other_time"]
    assert kinds(shop, ladder=("email",)) == ["other_way"]
    assert kinds(shop, ladder=()) == ["not_sent"]
    nothing = Shop().has("sms").is_now(0, Presence.GONE).asks(1).answers(20)
    assert kinds(nothing) == ["sent"]
    shop.answers(40)
    assert kinds(shop) == ["other_messages"]


def test_a_difference_is_told_in_a_sentence() -> None:
    shop = vera_was_texted()
    policy = replace(AWAKE, gone=5 * MINUTE, longest_gone=5 * MINUTE)
    (told,) = disagreements("c1", really(shop.story(), policy), shop.under(policy))
    assert told.sentence() == (
        "c1: the shopper got an SMS with #2 on 09 Jan at 12:00:50; under this policy 4.5 min later."
    )
    other = replace(AWAKE, ladder=("email",))
    (told,) = disagreements("c1", really(shop.story(), other), shop.under(other))
    assert "an SMS with #2" in told.sentence()
    assert "under this policy an e-mail with #2" in told.sentence()


def report_of(*names: str) -> Report:
    policies = [(name, replace(AWAKE, ladder=("email", "sms"))) for name in names]
    simulation = Simulation(DESK, policies, explain=3)
    simulation.add(vera_was_texted().story())
    unheard = Shop(setting=DESK).asks(0).answers(500)
    simulation.add(unheard.story())
    return simulation.report("New <rules> & old", left_out=7)


def test_what_really_happened_stands_beside_the_policy() -> None:
    report = report_of("new")
    then, new = report.summaries
    assert (report.conversations, report.messages, report.left_out) == (2, 4, 7)
    assert (then.interruptions, new.interruptions) == ({"sms": 1}, {"email": 1})
    assert (then.notices, new.notices) == ({}, {"email": 1})
    assert (then.segments, new.segments) == (2, 0)
    assert (then.cost, new.cost) == (20_000, 0)
    assert (then.all.messages, then.all.never, then.all.median) == (2, 1, 34.0)
    assert new.reached_by == {"email": 1}
    assert new.disagreements == {"other_way": 1, "sent": 1}
    assert new.agreements == 0
    assert sum(then.hours) == sum(new.hours) == 1
    assert then.curve[0] == 0.0
    assert then.curve[-1] == 0.5


def test_the_report_is_json_values_that_survive_a_round_trip() -> None:
    made = report_of("new").as_json()
    text = json.dumps(made, allow_nan=False)
    assert json.loads(text)["summaries"][0]["cost"] == pytest.approx(0.02)
    assert len(made["curve_seconds"]) == len(made["summaries"][0]["curve"])


def test_the_table_lines_up_and_names_what_was_left_out() -> None:
    text = as_text(report_of("new", "current"))
    head, _, *lines = text.splitlines()
    assert "7 older ones were left out" in head
    table = lines[: lines.index("")]
    assert len({len(line) for line in table}) == 1
    assert table[0].split() == ["really", "new", "current"]
    assert any(line.startswith("  sms") for line in table)


def test_a_record_that_holds_nothing_says_so() -> None:
    report = Simulation(DESK, [("new", AWAKE)]).report()
    assert "Nothing to replay" in as_text(report)
    assert "Nothing to replay" in as_html(report)


class Tags(HTMLParser):
    """Checks that every tag is closed where it must be, and keeps what would be fetched."""

    VOID = frozenset({"meta"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    @override
    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag, attrs

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_html_is_well_formed_fetches_nothing_and_escapes_every_name() -> None:
    page = as_html(report_of("<b>new</b>", 'a"b'))
    tags = Tags()
    tags.feed(page)
    tags.close()
    assert tags.open == []
    assert tags.fetched == []
    assert "<script" not in page
    assert "<b>" not in page
    assert "New &lt;rules&gt; &amp; old" in page
    drawn = page.split("<svg")[1:]
    assert len(drawn) == 4
    for each in drawn:
        svg = ElementTree.fromstring("<svg" + each[: each.index("</svg>")] + "</svg>")  # noqa: S314
        assert svg.get("role") == "img"
        assert svg.get("aria-label")


def test_staff_of_whom_nobody_is_on_call_are_told_nothing() -> None:
    setting = replace(DESK, agents=(agent("ada", 0),))
    simulation = Simulation(setting, [("new", AWAKE)])
    simulation.add(Shop().asks(0).story())
    assert simulation.report().summaries[1].notices == {}


def test_a_generated_month_under_its_own_policy_differs_in_nothing() -> None:
    setting = generate.setting()
    simulation = Simulation(setting, [("default", generate.LIVED)])
    for story in generate.stories(60, 7, setting):
        simulation.add(story)
    then, now = simulation.report().summaries
    assert now.disagreements == {}
    assert replace(now, name="", decisions=0, agreements=0) == replace(then, name="")
