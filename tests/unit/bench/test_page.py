from dataclasses import replace
from typing import Any

from bench.page import page
from bench.row import Row, beside_each
from bench.subjects import by_subject

RATE = beside_each(
    "messages: durable and delivered",
    [(900.0, 2_000.0), (1_000.0, 2_000.0), (1_200.0, 2_000.0)],
    unit="messages/s",
    must=0.35,
    aim=0.5,
    lower=False,
    database="sqlite",
)
LOST = Row(
    name="restart: entries lost or doubled",
    value=3,
    unit="entries",
    baseline=0,
    must=0,
    aim=0,
    database="sqlite",
)


def bench(*rows: Row, **more: object) -> dict[str, Any]:
    told: dict[str, Any] = {
        "machine": "two cores",
        "fsync_us": 70,
        "quick": False,
        "seconds": {"herd": 120.0},
        "failed": [],
        "rows": [row.told() for row in rows],
    }
    return told | more


SOAK = {
    "name": "memory",
    "unit": "MiB",
    "last": 150.2,
    "per_hour": 40.0,
    "error_per_hour": 1.5,
    "grows": True,
    "samples": [(0, 140.0), (600, 150.2)],
}


def test_a_row_stands_on_the_page_with_its_median_its_ratio_and_the_spread_of_it() -> None:
    told = page(bench(RATE), None, "")
    assert (
        "| 1 | messages: durable and delivered | 1,000 messages/s | 2,000 | 0.5 (0.45 to 0.6) | 3 |"
        " ≥ 700 | ≥ 1,000 | met |" in told
    )
    assert "two cores; a durable write of 512 bytes takes 70 µs" in told


def test_what_was_missed_is_shown_and_needs_no_ratio() -> None:
    told = page(bench(LOST), None, "")
    assert (
        "| restart: entries lost or doubled | 3 entries | 0 |  | 7 | ≤ 0 | ≤ 0 | **missed** |"
        in told
    )


def test_a_quick_run_and_a_missing_figure_are_said_first() -> None:
    told = page(bench(RATE, quick=True, failed=["slow_disk"]), None, "")
    assert told.index("no figure to quote") < told.index("Without a figure: slow_disk.")


def test_rows_stand_under_their_subject_and_those_of_each_database_together() -> None:
    told = page(
        bench(LOST, replace(RATE, database="postgresql"), RATE), None, "## Where time goes\n"
    )
    places = (
        "## Messages\n",
        "### SQLite",
        "### PostgreSQL",
        "## Everybody comes back",
        "### SQLite",
    )
    at = -1
    for each in places:
        at = told.index(each, at + 1)
    assert told.endswith("## Where time goes\n")


def test_a_row_of_no_known_kind_is_told_all_the_same() -> None:
    told = page(bench(replace(RATE, name="doorbells: across two nodes")), None, "")
    assert "## Besides" in told
    assert "| doorbells: across two nodes |" in told


def test_every_measurement_of_the_bench_has_its_subject() -> None:
    names = (
        "messages, every fsync 1 ms slower: p50 until delivered, at 1,000/s",
        "claim of 100 among 100,000 open, beside 1,000",
        'search "w3 w5" in 200,000 messages, beside the bare query',
        "plan, three rules, 1 unread: send",
        "main thread of the chat, CPU 4x slower, least",
        "console: what it loads at first, compressed",
    )
    found = [each.subject.title for each in by_subject({"name": name} for name in names)]
    assert len(found) == len(names)
    assert "Besides" not in found


def test_a_plot_shows_how_much_better_than_they_must_be_figures_are() -> None:
    faster = replace(RATE, value=7_000.0)
    slower = replace(RATE, value=10.0, must=15.0, unit="ms", lower=True)
    told = page(bench(RATE, faster, slower), None, "")
    assert "bar [1.43, 5.00, 1.50]\n  line [1, 1, 1]" in told


def test_what_grew_in_a_long_time_is_told_and_plotted() -> None:
    told = page(bench(RATE), {"seconds": 1_800, "rate": 200, "slopes": [SOAK]}, "")
    assert "| memory | 150 MiB | +40.00 ± 1.50 MiB | **grows** |" in told
    assert '["0", "10"]' in told
    assert "line [140.0, 150.2]" in told
