"""The page of findings: what it counts, what it hides, and what it never holds."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser

import pytest

from hrlint.cli import main
from hrlint.errors import ConfigError, InputError
from hrlint.report import count, render
from hrlint.report.charts import bars, line, nice_steps
from hrlint.report.page import hidden

CANARY = "Zyxquortle"
RULES = [("person-labels.addict", "error"), ("compliance.refused", "warning"), ("credibility.claims", "info")]


def finding(note, rule=0, **more):
    id, severity = RULES[rule]
    row = {"note_id": note, "rule": id, "category": id.split(".")[0], "severity": severity, "voice": "writer"}
    return {
        **row,
        "start": 0,
        "end": 3,
        "line": 1,
        "column": 1,
        "principles": ["humanism"],
        "themes": [],
        "problem": None,
        **more,
    }


def rows():
    """40 notes with findings: 24 in ED, 12 on a ward, 4 in a clinic; months 2026-01 to 2026-03."""
    found = []
    for n in range(40):
        department = "ED" if n < 24 else "Ward" if n < 36 else "Clinic"
        for rule in range(1 + n % 3):
            found.append(finding(f"n{n}", rule, department=department, month=f"2026-0{n % 3 + 1}"))
    return [*found, {**dict.fromkeys(found[0]), "note_id": "bad", "principles": [], "problem": "no text (null)"}]


def write(path, found):
    if path.suffix == ".parquet":
        pa = pytest.importorskip("pyarrow")
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist(found), path)
    elif path.suffix == ".csv":
        with open(path, "w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, list(found[0]))
            writer.writeheader()
            writer.writerows({**row, "principles": ";".join(row["principles"]), "themes": ""} for row in found)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in found), "utf-8")
    return str(path)


@pytest.fixture
def table(tmp_path):
    return write(tmp_path / "f.jsonl", rows())


class Page(HTMLParser):
    """The tables of a page by caption, its tags, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.tables, self.texts = [], {}, []
        self.row = self.caption = None
        self.open = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.open.append(tag)
        if tag == "tr":
            self.row = []

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass
        if tag == "tr":
            self.tables[self.caption].append(self.row)

    def handle_data(self, data):
        self.texts.append(data)
        if self.open and self.open[-1] == "caption":
            self.caption = data
            self.tables[data] = []
        elif self.open and self.open[-1] in ("td", "th"):
            self.row.append(data)


@pytest.mark.parametrize("name", ["f.jsonl", "f.csv", "f.parquet"])
def test_every_format_is_counted_alike(tmp_path, table, name):
    tally = count([write(tmp_path / name, rows())])
    assert tally == count([table])
    assert tally.all.total == sum(1 + n % 3 for n in range(40))
    assert (tally.all.hit, tally.problems) == (40, 1)
    assert {value: cell.hit for value, cell in tally.groups["department"].items()} == {
        "ED": 24,
        "Ward": 12,
        "Clinic": 4,
    }


def test_tables_stand_beside_charts(table):
    page = Page(render(count([table])))
    assert list(page.tables) == [
        *("Findings by month", "Findings by category", "Findings by rule", "Findings by department", "Findings by principle"),
    ]  # fmt: skip
    assert page.tables["Findings by category"] == [
        ["Category", "Error", "Warning", "Info", "All", "Notes"],
        ["person-labels", "40", "0", "0", "40", "40"],
        ["compliance", "0", "26", "0", "26", "26"],
        ["credibility", "0", "0", "13", "13", "13"],
    ]
    assert page.tables["Findings by month"] == [
        ["month", "Findings", "Notes with findings"],
        ["2026-01", "14", "14"],
        ["2026-02", "26", "13"],
        ["2026-03", "39", "13"],
    ]


def test_small_cells_are_hidden_and_cannot_be_worked_out(table):
    page = Page(render(count([table])))
    assert page.tables["Findings by department"][1:] == [
        ["ED", "48", "24"],
        ["Clinic", "not shown", "under 11"],
        ["Ward", "not shown", "not shown"],
    ]
    whole = Page(render(count([table]), least=0))
    assert whole.tables["Findings by department"][1:] == [
        ["ED", "48", "24"],
        ["Ward", "24", "12"],
        ["Clinic", "7", "4"],
    ]


@pytest.mark.parametrize(
    ("hits", "least", "wanted"),
    [
        ({"a": 50, "b": 12, "c": 4}, 11, {"b", "c"}),
        ({"a": 50, "b": 5, "c": 4}, 11, {"b", "c"}),
        ({"a": 50, "b": 11}, 11, set()),
        ({"a": 50, "b": 0}, 11, set()),
        ({"a": 4}, 11, {"a"}),
        ({"a": 4, "b": 9}, 0, set()),
    ],
)
def test_hidden(hits, least, wanted):
    assert hidden(hits, least) == wanted


def test_nothing_of_a_hidden_cell_is_in_the_page(tmp_path):
    found = [finding(f"a{n}", ward="Big") for n in range(30)] + [finding(f"b{n}", ward="Small") for n in range(7)]
    found += [finding(f"c{n}", ward="Other") for n in range(9)]
    page = render(count([write(tmp_path / "f.jsonl", found)]))
    section = page[page.index("Findings by ward") : page.index("Findings by principle")]
    numbers = set(re.findall(r">([\d,.]+)<", section))
    assert numbers == {"30"}


def test_severities_of_a_group_are_hidden_when_one_is_small(tmp_path):
    found = [finding(f"a{n}", 0 if n < 3 else 1, ward="A") for n in range(30)]
    found += [finding(f"b{n}", 1, ward="B") for n in range(30)]
    page = render(count([write(tmp_path / "f.jsonl", found)]))
    section = page[page.index("<svg", page.index("Findings by ward")) : page.index("Findings by principle")]
    assert "A, all: 30" in section
    assert "B, warning: 30" in section
    assert "A, error" not in section


def test_a_summary_gives_rates(tmp_path, table):
    groups = {
        "month": [{"value": f"2026-0{n}", "notes": 100 * n} for n in (1, 2, 3, 4)],
        "department": [{"value": "ED", "notes": 96}],
    }
    summary = tmp_path / "s.json"
    summary.write_text(json.dumps({"schema": "hrlint-batch/1", "notes": 1000, "groups": groups}))
    for tally in (count([table], summaries=[str(summary)]), count([table, str(summary)])):
        page = Page(render(tally))
        assert page.tables["Findings for 100 notes by month"][1:] == [
            ["2026-01", "14", "14", "100", "14.0"],
            ["2026-02", "26", "13", "200", "13.0"],
            ["2026-03", "39", "13", "300", "13.0"],
            ["2026-04", "0", "0", "400", "0.0"],
        ]
        assert page.tables["Findings by department"][1] == ["ED", "48", "24", "96", "50.0"]
        assert "1,000" in page.texts


def test_columns_are_chosen(tmp_path, table):
    assert list(count([table], by=["department"]).groups) == ["department"]
    dated = write(tmp_path / "d.jsonl", [finding("a", seen="2026-02-03 10:00"), finding("b", seen="later")])
    assert {k: c.total for k, c in count([dated], by=["seen:month"]).groups["month"].items()} == {"2026-02": 1, "": 1}
    with pytest.raises(ConfigError, match="--by: no table has the column 'departmen'; did you mean 'department'"):
        count([table], by=["departmen"])


def test_an_id_is_no_group(tmp_path):
    found = [finding(f"n{n}", patient=f"p{n}") for n in range(1100)]
    page = render(count([write(tmp_path / "f.jsonl", found)]))
    assert "The column patient has too many values for a chart." in page
    assert "p1099" not in page


def test_reports_of_check_are_read(tmp_path, monkeypatch, program):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "note.txt").write_text(f"{CANARY}, 45M heroin addict here for abscess.\n", "utf-8")
    with pytest.raises(SystemExit):
        main(["note.txt", "--no-config", "--format", "json", "-o", "r.json"])
    with pytest.raises(SystemExit):
        main(["note.txt", "--no-config", "--format", "json-lines", "-o", "r.jsonl"])
    assert CANARY in (tmp_path / "r.json").read_text() or "addict" in (tmp_path / "r.json").read_text()
    tally = count(["r.json"])
    assert (tally.all.findings, tally.all_notes) == ({"error": 1}, 1)
    assert count(["r.jsonl"]).all.findings == {"error": 1}
    assert CANARY not in render(tally)


def test_the_page_asks_for_nothing_and_runs_nothing(table):
    page = render(count([table]))
    parsed = Page(page)
    policy = [a["content"] for tag, a in parsed.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert not {"script", "img", "link", "iframe", "a", "foreignobject"} & {tag for tag, _ in parsed.tags}
    assert not [a for _, a in parsed.tags if any(key.startswith("on") or key in ("src", "href", "style") for key in a)]
    assert "url(" not in page
    assert page.isascii()


def test_charts_can_be_heard(table):
    parsed = Page(render(count([table])))
    drawings = [a for tag, a in parsed.tags if tag == "svg"]
    ids = {a["id"] for _, a in parsed.tags if "id" in a}
    assert len(drawings) == len(parsed.tables) == 5
    for attributes in drawings:
        assert attributes["role"] == "img"
        assert set(attributes["aria-labelledby"].split()) <= ids
    assert "Findings by category. person-labels: 40; compliance: 26; credibility: 13." in parsed.texts
    assert len(ids) == len([1 for _, a in parsed.tags if "id" in a])
    assert [a["lang"] for tag, a in parsed.tags if tag == "html"] == ["en"]
    assert all(a.get("scope") in ("col", "row") for tag, a in parsed.tags if tag == "th")


def test_values_are_escaped_and_tamed(tmp_path):
    bad = "<script>alert(1)</script>\x1b[31m\u202e"
    found = [finding(f"n{n}", **{"<b>": bad}) for n in range(12)]
    page = render(count([write(tmp_path / "f.jsonl", found)]), title=bad)
    assert "<script" not in page
    assert "<b>" not in page
    assert "\x1b" not in page
    assert "&#8238;" not in page


def test_no_words_of_notes_are_taken_over(tmp_path):
    found = [finding(f"n{n}", text=CANARY, message=CANARY, why=CANARY, suggestions=[CANARY]) for n in range(12)]
    for name in ("f.jsonl", "f.parquet"):
        assert CANARY not in render(count([write(tmp_path / name, found)]))


def test_the_same_findings_give_the_same_page(table):
    assert render(count([table])) == render(count([table]))


def test_versions_of_rules_are_named(tmp_path):
    found = [finding("a", packs="aaa111"), finding("b", packs="bbb222")]
    page = render(count([write(tmp_path / "f.jsonl", found)]))
    assert "The findings come from 2 versions of the rules" in page
    assert "packs" not in count([write(tmp_path / "f.jsonl", found)]).groups


def test_no_findings(tmp_path):
    (tmp_path / "f.csv").write_text("note_id,rule,category,severity\n", "utf-8")
    page = Page(render(count([str(tmp_path / "f.csv")])))
    assert "No findings." in page.texts
    assert page.tables == {}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("f.csv", "a,b\n1,2\n", "not a table of findings: has no column 'rule'"),
        ("f.json", "{}", "neither a report of hrlint"),
        ("f.json", "[", "not JSON"),
        ("f.jsonl", '{"rule": 1}\n{\n', "line 2: not JSON"),
        ("f.txt", "", "not a table of findings by its name"),
        ("f.parquet", "PAR1", "not a Parquet file"),
    ],
)
def test_files_that_cannot_be_used(tmp_path, name, content, message):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=message):
        count([str(tmp_path / name)])
    with pytest.raises(InputError, match="cannot be read: No such file"):
        count([str(tmp_path / f"other-{name}")] if name != "f.txt" else [str(tmp_path / "x.csv")])


def test_the_command(tmp_path, table, capsys):
    main_status(
        ["report", table, "-o", str(tmp_path / "r.html"), "--by", "department", "--min-cell", "0", "--title", "Ours"], 0
    )
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "<h1>Ours</h1>" in page
    assert "Findings by month" not in page
    main_status(["report", str(tmp_path / "no.csv"), "-o", str(tmp_path / "x.html")], 2)
    assert "no.csv: cannot be read: No such file or directory" in capsys.readouterr().err
    assert not (tmp_path / "x.html").exists()


def main_status(arguments, wanted):
    try:
        main(arguments)
        status = 0
    except SystemExit as left:
        status = left.code or 0
    assert status == wanted


@pytest.mark.parametrize(
    ("most", "wanted"),
    [(0, [0, 1]), (1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (39, [0, 10, 20, 30, 40]), (500, [0, 100, 200, 300, 400, 500])],
)
def test_nice_steps(most, wanted):
    assert nice_steps(most) == wanted


def test_bars_share_a_scale():
    drawing = bars([("a", [("error", 10), ("info", 30)], "40"), ("b", [("error", 0), ("info", 20)], "20")])
    first, second = drawing.rows
    assert [p.kind for p in second.pieces] == ["info"]
    assert sum(p.width for p in first.pieces) == pytest.approx(2 * sum(p.width for p in second.pieces), abs=0.2)
    assert first.pieces[1].x == pytest.approx(first.pieces[0].x + first.pieces[0].width, abs=0.2)
    assert all(p.x + p.width <= drawing.width for row in drawing.rows for p in row.pieces)


def test_a_line_breaks_where_nothing_is_shown():
    drawing = line([("1", 5, "5"), ("2", 4, "4"), ("3", None, "not shown"), ("4", 1, "1"), ("5", 2, "2")])
    assert len(drawing.paths) == 2
    assert [p.y is None for p in drawing.points] == [False, False, True, False, False]
    assert len(line([(str(n), n, str(n)) for n in range(60)]).points) == 60
    assert sum(p.marked for p in line([(str(n), n, str(n)) for n in range(60)]).points) <= 9
