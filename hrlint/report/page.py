"""The page of `hrlint report`: one file, no script, no request, no text of a note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from hrlint import __version__
from hrlint.model import PRINCIPLES
from hrlint.report.charts import bars, line
from hrlint.report.counting import SEVERITIES, Cell, Tally, is_time
from hrlint.report.template import PAGE, STYLE
from hrlint.reporters.common import counted
from hrlint.reporters.terminal import sanitize

# Rows of a chart; the rest is counted in one line.
_MOST_RULES = 20
_MOST_VALUES = 25

_NONE = "(none)"

# Columns of the tables beside charts: heading, cells; a number is right-aligned.
_Chart = dict[str, Any]


def render(tally: Tally, *, least: int = 11, title: str = "Language in clinical notes") -> str:
    """Return the page. In groups and over time, a cell of fewer than `least` notes is not shown; 0 shows all."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True)
    page = environment.from_string(PAGE).render(**_values(tally, least, title))
    # Character references keep the page the same whatever the encoding of the stream.
    return page.encode("ascii", "xmlcharrefreplace").decode()


def _values(tally: Tally, least: int, title: str) -> dict[str, Any]:
    return {
        "style": Markup(STYLE),
        "title": sanitize(title),
        "version": __version__,
        "packs": sorted(sanitize(pack) for pack in tally.packs),
        "least": least,
        "facts": _facts(tally),
        "severities": SEVERITIES,
        "charts": [chart for chart in _charts(tally, least) if chart],
        "crowded": sorted(sanitize(name) for name in tally.crowded),
        "empty": not tally.all.total,
    }


def _facts(tally: Tally) -> list[tuple[str, str]]:
    """Return the numbers at the top: (what, how many)."""
    facts = [("findings", f"{tally.all.total:,}"), ("notes with findings", f"{tally.all.hit:,}")]
    if tally.all_notes:
        facts.append(("notes read", f"{tally.all_notes:,}"))
        facts.append(("findings for 100 notes", f"{100 * tally.all.total / tally.all_notes:,.1f}"))
    facts += [(severity, f"{tally.all.findings[severity]:,}") for severity in SEVERITIES]
    if tally.voices["quoted"]:
        facts.append(("in a person's own words", f"{tally.voices['quoted']:,}"))
    if tally.problems:
        facts.append(("notes that could not be read", f"{tally.problems:,}"))
    return facts


def _charts(tally: Tally, least: int) -> list[_Chart]:
    charts = []
    for name, cells in tally.groups.items():
        if name not in tally.crowded and is_time(name, cells):
            charts.append(_over_time(tally, name, cells, least))
    charts.append(_stacked("Findings by category", "Category", tally.categories, None))
    charts.append(_stacked("Findings by rule", "Rule", tally.rules, _MOST_RULES))
    for name, cells in tally.groups.items():
        if name not in tally.crowded and not is_time(name, cells):
            charts.append(_by_group(tally, name, cells, least))
    known = {name: tally.principles[name] for name in PRINCIPLES if name in tally.principles}
    about = "The principle of harm reduction that the words go against; a finding may touch several."
    charts.append(_stacked("Findings by principle", "Principle", known, None, about))
    return charts


def _stacked(title: str, heading: str, cells: Mapping[str, Cell], most: int | None, about: str = "") -> _Chart:
    """Return a bar chart by severity, the largest first; nothing is suppressed, since it is about words, not people."""
    rows = sorted(cells.items(), key=lambda item: (-item[1].total, item[0]))
    shown, rest = rows[:most], rows[most:] if most else []
    if rest:
        about = f"{about} {counted(len(rest), heading.lower())} more with {sum(c.total for _, c in rest):,} findings."
    drawn = [(sanitize(name), [(s, cell.findings[s]) for s in SEVERITIES], f"{cell.total:,}") for name, cell in shown]
    table = [
        [sanitize(name), *(f"{cell.findings[s]:,}" for s in SEVERITIES), f"{cell.total:,}", f"{cell.hit:,}"]
        for name, cell in shown
    ]
    return (
        {
            "kind": "bars",
            "title": title,
            "about": about.strip(),
            "legend": True,
            "desc": _described(title, [(name, text) for name, _, text in drawn]),
            "drawing": bars(drawn),
            "head": [heading, *(s.capitalize() for s in SEVERITIES), "All", "Notes"],
            "rows": table,
        }
        if rows
        else {}
    )


def _described(title: str, values: Sequence[tuple[str, str]]) -> str:
    """Return a chart in a sentence, for those who hear it."""
    first = "; ".join(f"{name}: {text}" for name, text in values[:5])
    more = f"; and {len(values) - 5} more, see the table" if len(values) > 5 else ""
    return f"{title}. {first}{more}."


def hidden(hits: Mapping[str, int], least: int) -> set[str]:
    """Return the cells not to show: those of 1 to `least` - 1 notes.

    When there is just one, the smallest of the others goes with it: else it could be worked out from the sum.
    """
    small = {name for name, hit in hits.items() if 0 < hit < least}
    if len(small) == 1:
        others = sorted((hit, name) for name, hit in hits.items() if name not in small and hit)
        small.update(name for _, name in others[:1])
    return small


def _rate(tally: Tally, name: str, value: str, cell: Cell) -> float | None:
    notes = tally.notes.get((name, value), 0)
    return 100 * cell.total / notes if notes else None


def _with_zeros(tally: Tally, name: str, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """Return the cells with those that had notes and no finding, where a summary tells."""
    empty = {value: Cell() for group, value in tally.notes if group == name and value not in cells}
    return {**cells, **empty}


def _head(tally: Tally, name: str, label: str) -> list[str]:
    rated = any(group == name for group, _ in tally.notes)
    return [label, "Findings", "Notes with findings", *(["Notes", "Findings for 100 notes"] if rated else [])]


def _row(tally: Tally, name: str, value: str, cell: Cell, small: bool, least: int) -> list[str]:
    row = [
        sanitize(value) or _NONE,
        *(
            ("not shown", f"under {least}" if cell.hit < least else "not shown")
            if small
            else (f"{cell.total:,}", f"{cell.hit:,}")
        ),
    ]
    if any(group == name for group, _ in tally.notes):
        rate = None if small else _rate(tally, name, value, cell)
        row += [f"{tally.notes.get((name, value), 0):,}", "" if rate is None else f"{rate:,.1f}"]
    return row


def _by_group(tally: Tally, name: str, cells: Mapping[str, Cell], least: int) -> _Chart:
    cells = _with_zeros(tally, name, cells)
    small = hidden({value: cell.hit for value, cell in cells.items()}, least)
    # What is not shown comes last and by name: its place must not tell its size.
    order = sorted(cells, key=lambda v: (v in small, 0 if v in small else -cells[v].total, v))
    shown, rest = order[:_MOST_VALUES], order[_MOST_VALUES:]
    drawn = []
    for value in shown:
        cell = cells[value]
        if value in small:
            pieces, text = [], "not shown"
        else:
            split = all(n == 0 or n >= least for n in cell.findings.values())
            pieces = [(s, cell.findings[s]) for s in SEVERITIES] if split else [("plain", cell.total)]
            text = f"{cell.total:,}"
        drawn.append((sanitize(value) or _NONE, pieces, text))
    return {
        "kind": "bars",
        "title": f"Findings by {sanitize(name)}",
        "about": f"{counted(len(rest), 'value')} more." if rest else "",
        "legend": any(kind != "plain" for _, pieces, _ in drawn for kind, _ in pieces),
        "desc": _described(f"Findings by {sanitize(name)}", [(label, text) for label, _, text in drawn]),
        "drawing": bars(drawn),
        "head": _head(tally, name, sanitize(name)),
        "rows": [_row(tally, name, value, cells[value], value in small, least) for value in shown],
    }


def _over_time(tally: Tally, name: str, cells: Mapping[str, Cell], least: int) -> _Chart:
    cells = {value: cell for value, cell in _with_zeros(tally, name, cells).items() if value}
    small = hidden({value: cell.hit for value, cell in cells.items()}, least)
    order = sorted(cells)
    rated = all((name, value) in tally.notes for value in order)
    values: list[tuple[str, float | None, str]] = []
    for value in order:
        rate = _rate(tally, name, value, cells[value]) if rated else float(cells[value].total)
        shown = None if value in small else rate
        text = "not shown" if shown is None else f"{shown:,.1f}" if rated else f"{shown:,.0f}"
        values.append((sanitize(value), shown, text))
    what = "Findings for 100 notes" if rated else "Findings"
    return {
        "kind": "line",
        "title": f"{what} by {sanitize(name)}",
        "about": "" if rated else "Without the number of notes, a rise may only mean that more was written.",
        "legend": False,
        "desc": _described(f"{what} by {sanitize(name)}", [(label, text) for label, _, text in values]),
        "drawing": line(values),
        "head": _head(tally, name, sanitize(name)),
        "rows": [_row(tally, name, value, cells[value], value in small, least) for value in order],
    }
