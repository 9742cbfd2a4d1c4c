"""The report as a table of plain text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from gateway.core.policy import SECOND
from gateway.simulation.compare import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateway.simulation.run import Report
    from gateway.simulation.tally import Summary, Times

Row = tuple[str, list[str]]
NOTHING: Final = "-"


def as_text(report: Report) -> str:
    """The whole report: what was replayed, a column for each policy, examples."""
    if not report.conversations:
        return "Nothing to replay: the record holds no conversation of this time.\n"
    parts = [headline(report), "", *_aligned(rows(report))]
    if report.examples:
        parts += ["", "For example:", *(f"  {each}" for each in report.examples)]
    return "\n".join(parts) + "\n"


def headline(report: Report) -> str:
    """One line: how much was replayed, and from when."""
    told = (
        f"{report.conversations:,} conversations with {report.messages:,} messages,"
        f" {day(report.first_at)} to {day(report.last_at)}"
    )
    if report.left_out:
        told += f"; {report.left_out:,} older ones were left out"
    return told


def rows(report: Report) -> list[Row]:
    """Label and one cell for each summary; a label that begins with spaces belongs to the last."""
    found = report.summaries
    policies = found[1:]
    made: list[Row] = [
        ("", [each.name for each in found]),
        *_by_channel("Interruptions of shoppers", found, lambda each: each.interruptions),
        ("  of these, ask first", [f"{each.knocks:,}" for each in found]),
        *_by_channel("Notices to staff", found, lambda each: each.notices),
        *_by_channel("Did not arrive", found, lambda each: each.failed),
        ("SMS segments", [f"{each.segments:,}" for each in found]),
        (f"Cost ({found[-1].currency})", [f"{each.cost / 1_000_000:,.2f}" for each in found]),
        ("Time to reach, everybody", [times(each.all) for each in found]),
        ("Time to reach, who was away", [times(each.away) for each in found]),
        ("Messages never reached", [f"{each.all.never:,}" for each in found]),
    ]
    made.append(
        ("Deliveries made alike", [NOTHING, *(f"{each.agreements:,}" for each in policies)])
    )
    differs = [f"{sum(each.disagreements.values()):,}" for each in policies]
    made.append(("Disagreements with the record", [NOTHING, *differs]))
    for kind, says in KINDS.items():
        counts = [each.disagreements.get(kind, 0) for each in policies]
        if any(counts):
            made.append((f"  {says}", [NOTHING, *(f"{each:,}" for each in counts)]))
    return made


def times(spans: Times) -> str:
    """Median and ninth decile."""
    if spans.median is None or spans.p90 is None:
        return NOTHING
    return f"{span(spans.median)} / {span(spans.p90)}"


def span(seconds: float) -> str:
    """A length of time as one reads it."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7_200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.1f} h"


def day(at: int) -> str:
    """A date, UTC."""
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%d %b %Y}"


def _by_channel(
    label: str, found: Sequence[Summary], of: Callable[[Summary], dict[str, int]]
) -> list[Row]:
    channels = sorted({channel for each in found for channel in of(each)})
    made: list[Row] = [(label, [f"{sum(of(each).values()):,}" for each in found])]
    made += [
        (f"  {channel}", [f"{of(each).get(channel, 0):,}" for each in found])
        for channel in channels
    ]
    return made


def _aligned(made: Sequence[Row]) -> list[str]:
    labels = max(len(label) for label, _ in made)
    widths = [max(len(cells[n]) for _, cells in made) for n in range(len(made[0][1]))]
    return [
        f"{label:<{labels}}  "
        + "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        for label, cells in made
    ]
