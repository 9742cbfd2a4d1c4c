"""The report as one HTML file that needs nothing else: no script, no font, no address."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING, Final

from gateway.simulation.plots import Series, bars, hours, shares
from gateway.simulation.run import MODEL
from gateway.simulation.table import headline, rows
from gateway.simulation.tally import CURVE

if TYPE_CHECKING:
    from gateway.simulation.run import Report

STYLE: Final = """
:root{color-scheme:light dark;--paper:#fff;--ink:#1f2328;--soft:#5b636d;--line:#dfe3e8;
--t0:#8a939e;--t1:#2f5d50;--t2:#b4622d}
@media (prefers-color-scheme:dark){:root{--paper:#16191d;--ink:#e6e8eb;--soft:#9aa3ad;
--line:#2c3239;--t0:#7b8590;--t1:#6fb39f;--t2:#e0935c}}
*{box-sizing:border-box}
body{margin:0 auto;padding:32px 20px 64px;max-width:960px;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
h1{font-size:26px;line-height:1.2;margin:0 0 4px}
h2{font-size:17px;margin:36px 0 8px}
p,li{max-width:68ch}
.soft{color:var(--soft)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:5px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child{text-align:left;white-space:normal;padding-left:0}
td.part:first-child{padding-left:20px;color:var(--soft)}
thead th{vertical-align:bottom}
.key{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
.name{margin-right:20px;white-space:nowrap}
.k0{background:var(--t0)}.k1{background:var(--t1)}.k2{background:var(--t2)}
.plots{display:grid;gap:8px 32px;grid-template-columns:repeat(auto-fit,minmax(min(420px,100%),1fr))}
figure{margin:0}
figcaption{font-weight:600;font-size:15px;margin:16px 0 4px}
svg{width:100%;height:auto;display:block}
svg text{fill:var(--soft)}
svg .grid{stroke:var(--line)}
rect.t0{fill:var(--t0)}rect.t1{fill:var(--t1)}rect.t2{fill:var(--t2)}
polyline{fill:none;stroke-width:2.5;stroke-linejoin:round}
polyline.l0{stroke:var(--t0);stroke-dasharray:5 4}
polyline.l1{stroke:var(--t1)}polyline.l2{stroke:var(--t2)}
""".strip()


def as_html(report: Report) -> str:
    """The whole report as a document."""
    title = report.title or "What this policy would have done"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1>{_body(report)}</body></html>\n"
    )


def _body(report: Report) -> str:
    if not report.conversations:
        return "<p>Nothing to replay: the record holds no conversation of this time.</p>"
    return (
        f'<p class="soft">{escape(headline(report))}.</p>'
        f"{_table(report)}{_plots(report)}{_examples(report)}{_model()}"
    )


def _table(report: Report) -> str:
    made = rows(report)
    head = "".join(
        f'<th scope="col"><span class="key k{n}"></span>{escape(name)}</th>'
        for n, name in enumerate(made[0][1])
    )
    body = "".join(
        f"<tr><td{_part(label)}>{escape(label.strip())}</td>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        + "</tr>"
        for label, cells in made[1:]
    )
    return (
        f'<div class="wide"><table><thead><tr><th></th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
        '<p class="soft">Times are the median and the time within which nine of ten messages that'
        " arrived had done so. Who was away: messages that the shopper did not see in the chat"
        " within a minute.</p>"
    )


def _part(label: str) -> str:
    return ' class="part"' if label.startswith(" ") else ""


def _plots(report: Report) -> str:
    found = list(enumerate(report.summaries))
    channels = sorted({name for _, each in found for name in each.interruptions})
    by_channel = [
        Series(each.name, n, tuple(each.interruptions.get(name, 0) for name in channels))
        for n, each in found
    ]
    drawn = (
        ("Interruptions of shoppers, by channel", bars, (channels, by_channel)),
        (
            "Share of messages that had reached a shopper who was away, after so long",
            shares,
            (CURVE, [Series(each.name, n, each.curve) for n, each in found]),
        ),
        (
            "Interruptions by the hour of day where the shopper is",
            hours,
            ([Series(each.name, n, each.hours) for n, each in found],),
        ),
        (
            f"Cost, {report.summaries[-1].currency}",
            partial(bars, digits=2),
            (
                ["all channels, both sides"],
                [Series(each.name, n, (each.cost / 1_000_000,)) for n, each in found],
            ),
        ),
    )
    figures = "".join(
        f"<figure><figcaption>{escape(title)}</figcaption>{draw(title, *facts)}</figure>"
        for title, draw, facts in drawn
    )
    keys = "".join(
        f'<span class="name"><span class="key k{n}"></span>{escape(each.name)}</span>'
        for n, each in found
    )
    return f'<h2>Compared</h2><p>{keys}</p><div class="plots">{figures}</div>'


def _examples(report: Report) -> str:
    if not report.examples:
        return ""
    listed = "".join(f"<li>{escape(each)}</li>" for each in report.examples)
    return f"<h2>Where it differs from what really happened</h2><ul>{listed}</ul>"


def _model() -> str:
    listed = "".join(f"<li>{escape(each)}</li>" for each in MODEL)
    return f"<h2>What the numbers mean</h2><ul>{listed}</ul>"
