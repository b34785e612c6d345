"""Settings: finding, merging, checking and showing them."""

from __future__ import annotations

import pickle
import tomllib
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pytest

from hrlint.config import (
    KEYS,
    Config,
    Globs,
    Loader,
    check_rules,
    find_file,
    load,
    relative_to,
    render,
    specificity,
    user_config_path,
)
from hrlint.errors import ConfigError
from hrlint.model import Severity
from hrlint.toml_places import key_position

NO_USER = "no-such-user-file.toml"


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nobody"))
    return tmp_path


def put(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def refused(**arguments: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        load(user_file=NO_USER, **arguments)
    return str(caught.value)


# --- defaults and layers --------------------------------------------------------------------


def test_no_file_at_all_gives_the_defaults() -> None:
    config = load("note.txt")
    assert config == Config()
    assert (config.fail_on, config.min_severity, config.audience) == (Severity.WARNING, Severity.INFO, "clinical-note")


def test_layers_each_above_the_one_before() -> None:
    user = put("user.toml", 'audience = "template"\nfail-on = "never"\nencoding = "utf-8"\n')
    put("p/hrlint.toml", 'fail-on = "error"\naudience = "patient-facing"\n')
    config = load("p/note.txt", user_file=user, flags={"audience": "clinical-note"})
    assert (config.encoding, config.fail_on, config.audience) == ("utf-8", Severity.ERROR, "clinical-note")
    assert config.origin("encoding") == "user.toml:3:1"
    assert config.origin("fail-on") == "p/hrlint.toml:1:1"
    assert config.origin("audience") == "--audience"
    assert config.origin("select") == "default"


@pytest.mark.parametrize(
    ("below", "above", "key", "expected"),
    [
        ('select = ["age"]', 'select = ["weight"]', "select", ("weight",)),
        ('select = ["age"]', "", "select", ("age",)),
        ('ignore = ["age"]', 'ignore = ["weight"]', "ignore", ("age", "weight")),
        ('ignore = ["age", "weight"]', 'select = ["age"]', "ignore", ("weight",)),
        ('packs = ["one"]', 'packs = ["two", "one"]', "packs", ("one", "two")),
        ('fail-on = "error"', 'fail-on = "never"', "fail_on", None),
        ('severity = {age = "info"}', 'severity = {weight = "off"}', "severity", (("age", 1), ("weight", 0))),
        ('severity = {age = "info"}', 'severity = {age = "error"}', "severity", (("age", 3),)),
        ("force-exclude = true", "force-exclude = false", "force_exclude", False),
    ],
)
def test_merge(below: str, above: str, key: str, expected: object) -> None:
    user, project = put("user.toml", below), put("project.toml", above)
    assert getattr(load(config_file=project, user_file=user), key) == expected


def test_a_config_is_a_value() -> None:
    put(
        "hrlint.toml", 'select = ["age"]\nseverity = {age = "info"}\n[[overrides]]\npaths = ["x/"]\nselect = ["weight"]'
    )
    config = load("note.txt")
    assert config == load("other.txt")
    assert hash(config) == hash(load("other.txt"))
    assert pickle.loads(pickle.dumps(config)).for_path("x/a.txt") == config.for_path("x/a.txt")


def test_no_config_leaves_out_every_file() -> None:
    put("hrlint.toml", "nonsense")
    assert load("note.txt", no_config=True) == Config()
    assert refused(config_file="hrlint.toml", no_config=True) == "--config and --no-config exclude each other"


# --- finding files --------------------------------------------------------------------------


def test_the_nearest_file_upward_and_a_pyproject_without_table_does_not_stop_the_search() -> None:
    put("hrlint.toml", 'audience = "template"')
    put("a/b/pyproject.toml", '[project]\nname = "x"\n# hrlint is mentioned\n')
    put("a/b/c/note.txt", "")
    assert load("a/b/c/note.txt").audience == "template"
    put("a/pyproject.toml", '[tool.hrlint]\naudience = "patient-facing"')
    assert load("a/b/c/note.txt").audience == "patient-facing"
    assert load("a/b/c/note.txt").origin("audience") == "a/pyproject.toml:2:1"
    assert load("note.txt").audience == "template"


def test_order_of_names_in_one_folder() -> None:
    for name in ("pyproject.toml", "hrlint.toml", ".hrlint.toml"):
        put(name, "[tool.hrlint]" if name == "pyproject.toml" else "")
        assert find_file(Path()) == Path(name)


def test_a_loader_reads_each_file_once(monkeypatch: pytest.MonkeyPatch) -> None:
    put("hrlint.toml", "[[overrides]]\npaths = ['x/']\naudience = 'template'")
    reads: list[str] = []
    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: (reads.append(self.name), read_bytes(self))[1])
    loader = Loader(user_file=NO_USER)
    configs = [loader.for_path(f"{folder}/{i}.txt") for folder in ("a", "x", "a/b") for i in range(5)]
    assert reads == ["hrlint.toml"]
    assert len({id(c) for c in configs}) == 2


def test_user_file_by_platform() -> None:
    assert user_config_path({}, "linux", "/home/ann") == PurePosixPath("/home/ann/.config/hrlint/hrlint.toml")
    assert user_config_path({"XDG_CONFIG_HOME": "/cfg"}, "darwin", "/h") == PurePosixPath("/cfg/hrlint/hrlint.toml")
    assert user_config_path({"XDG_CONFIG_HOME": "rel"}, "linux", "/h") == PurePosixPath("/h/.config/hrlint/hrlint.toml")
    windows = user_config_path({"APPDATA": r"C:\Users\Ann\AppData\Roaming"}, "win32")
    assert windows == PureWindowsPath(r"C:\Users\Ann\AppData\Roaming\hrlint\hrlint.toml")


# --- extend ---------------------------------------------------------------------------------


def test_extend_is_relative_and_weaker() -> None:
    put("shared/base.toml", 'audience = "template"\nfail-on = "error"\nexclude = ["old/"]\npacks = ["./own.yaml"]\n')
    put("shared/team/hrlint.toml", 'extend = "../base.toml"\nfail-on = "info"\nexclude = ["new/"]\n')
    config = load("shared/team/x.txt")
    assert (config.audience, config.fail_on) == ("template", Severity.INFO)
    assert config.packs == (Path.cwd() / "shared/own.yaml",)
    shared = Path.cwd() / "shared"
    assert config.exclude == (Globs(shared, ("old/",)), Globs(shared / "team", ("new/",)))
    assert [f.name for f in config.files] == ["base.toml", "hrlint.toml"]


def test_extend_in_a_circle() -> None:
    put("a.toml", "extend = 'b.toml'")
    put("b.toml", "\nextend = 'a.toml'")
    message = "b.toml:2:1: 'extend' goes round in a circle: a.toml -> b.toml -> a.toml"
    assert refused(config_file="a.toml") == message


def test_extend_of_nothing() -> None:
    put("a.toml", "# base\nextend = 'gone.toml'")
    assert refused(config_file="a.toml") == "a.toml:2:1: gone.toml: cannot be read: No such file or directory"
    put("b.toml", "extend = 'pyproject.toml'")
    put("pyproject.toml", "[project]")
    assert refused(config_file="b.toml") == "b.toml:1:1: pyproject.toml: has no [tool.hrlint] table"


# --- overrides ------------------------------------------------------------------------------


def test_overrides_by_path() -> None:
    put(
        "hrlint.toml",
        'audience = "template"\n'
        '[[overrides]]\npaths = ["patient-facing/"]\naudience = "patient-facing"\nfail-on = "info"\n'
        '[[overrides]]\npaths = ["*.md", "!keep.md"]\nignore = ["age"]\nseverity = {weight = "off"}\n',
    )
    config = load("x.txt")
    assert config.for_path("intake/a.txt") is config
    leaflet = config.for_path("patient-facing/a.md")
    assert (leaflet.audience, leaflet.fail_on, leaflet.ignore) == ("patient-facing", Severity.INFO, ("age",))
    assert leaflet.severity_for("weight.obese", "weight") is Severity.OFF
    assert config.for_path("keep.md").ignore == ()
    assert leaflet.origin("audience") == "hrlint.toml:4:1"


def test_flags_are_above_overrides_and_a_later_override_wins() -> None:
    put(
        "hrlint.toml",
        "[[overrides]]\npaths = ['a/']\naudience = 'template'\nmin-severity = 'error'\n"
        "[[overrides]]\npaths = ['a/b/']\naudience = 'patient-facing'\n",
    )
    assert load("x").for_path("a/b/c.txt").audience == "patient-facing"
    flagged = load("x", flags={"audience": "clinical-note"}).for_path("a/b/c.txt")
    assert (flagged.audience, flagged.min_severity) == ("clinical-note", Severity.ERROR)


def test_globs_are_relative_to_their_file() -> None:
    put("sub/hrlint.toml", "[[overrides]]\npaths = ['/x/']\naudience = 'template'\n")
    config = load("sub/x/a.txt")
    assert config.for_path("sub/x/a.txt").audience == "template"
    assert config.for_path("x/a.txt").audience == "clinical-note"
    assert config.for_path("sub/y/x/a.txt").audience == "clinical-note"


def test_windows_paths() -> None:
    root = PureWindowsPath(r"C:\Notes")
    assert relative_to(PureWindowsPath(r"c:\notes\Intake\A.txt"), root) == "Intake/A.txt"
    assert relative_to(PureWindowsPath(r"D:\Notes\a.txt"), root) is None
    put("hrlint.toml", "exclude = ['drafts\\old\\']")
    assert load("x").exclude[0].patterns == ("drafts/old/",)


# --- which rules ----------------------------------------------------------------------------

ADDICT = ("person-labels.addict", "person-labels")


@pytest.mark.parametrize(
    ("word", "fits"),
    [
        ("all", True),
        ("person-labels", True),
        ("person", True),
        ("person-labels.addict", True),
        ("person-labels.add*", True),
        ("person-labels.add", False),
        ("age", False),
        ("person-labels.addict-born", False),
        ("substance*", False),
    ],
)
def test_words_that_name_a_rule(word: str, fits: bool) -> None:
    assert bool(specificity(word, *ADDICT)) is fits


def test_a_rule_id_is_not_the_beginning_of_another() -> None:
    assert not specificity("person-labels.addict", "person-labels.addict-born", "person-labels")
    assert specificity("person-labels.addict*", "person-labels.addict-born", "person-labels")


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        ((), (), True),
        (("age",), (), False),
        (("person-labels",), (), True),
        ((), ("person-labels",), False),
        (("person-labels.addict",), ("person-labels",), True),
        (("person-labels",), ("person-labels.addict",), False),
        (("person-labels.add*",), ("person-labels",), True),
        (("person-labels",), ("person-labels",), False),
        (("all",), ("person",), False),
        ((), ("all",), False),
    ],
)
def test_the_most_specific_word_wins(select: tuple[str, ...], ignore: tuple[str, ...], expected: bool) -> None:
    assert Config(select=select, ignore=ignore).selected(*ADDICT) is expected


def test_off_by_default_and_severity_off() -> None:
    assert not Config().selected(*ADDICT, on_by_default=False)
    assert not Config(select=("person-labels",)).selected(*ADDICT, on_by_default=False)
    assert Config(select=(ADDICT[0], "age")).selected(*ADDICT, on_by_default=False)
    assert Config(severity=((ADDICT[0], Severity.INFO),)).selected(*ADDICT, on_by_default=False)
    assert not Config(severity=(("person-labels", Severity.OFF),)).selected(*ADDICT)
    mixed = Config(severity=((ADDICT[0], Severity.INFO), ("person-labels", Severity.OFF)))
    assert mixed.selected(*ADDICT)
    assert mixed.severity_for(*ADDICT) is Severity.INFO
    assert mixed.severity_for("age.elderly", "age") is None


# --- messages -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nselct = []", "c.toml:2:1: unknown key 'selct'; did you mean 'select'?"),
        ("fail_on = 'error'", "c.toml:1:1: unknown key 'fail_on'; did you mean 'fail-on'?"),
        ("colour = 1", "c.toml:1:1: unknown key 'colour'"),
        ("a = [1,\n", "c.toml:2:1: not valid TOML: invalid value"),
        ("select = 'age'", "c.toml:1:1: 'select' is a list of texts in brackets, not a text"),
        ("select = [\n 'age',\n  3]", "c.toml:3:3: 'select' is a list of texts; this is a number"),
        (
            "ignore = ['Not A Rule']",
            "c.toml:1:11: 'Not A Rule' is not a rule, a category, or a beginning such as 'person-labels.add*'",
        ),
        ("[severity]\nage = 'eror'", "c.toml:2:1: unknown severity 'eror'; did you mean 'error'?"),
        ("severity = 'info'", "c.toml:1:1: 'severity' is a table of rule or category = severity, not a text"),
        ("min-severity = 'off'", "c.toml:1:1: unknown severity 'off'; known are error, warning, info"),
        ("fail-on = 'warn'", "c.toml:1:1: unknown severity 'warn'; did you mean 'warning'?"),
        ("fail-on = true", "c.toml:1:1: unknown severity 'True'; known are error, warning, info, never"),
        ("audience = 'Template'", "c.toml:1:1: unknown audience 'Template'; did you mean 'template'?"),
        ("exclude = ['../other/']", "c.toml:1:12: '../other/' is not a pattern of .gitignore below this folder"),
        ("terms = ['a']", "c.toml:1:1: 'terms' is a table of rule = list of words, not a list"),
        ("[terms]\nage = ['x']", "c.toml:2:1: 'age' is not a rule id; terms are added to one rule"),
        ("[terms]\n'age.elder' = 'x'", "c.toml:2:1: 'age.elder' is a list of texts in brackets, not a text"),
        ("[[allow]]\nphrase = 'Clean Slate'", "c.toml:1:1: an allowed phrase needs 'reason'"),
        ("[allow]\nphrase = 'x'", "c.toml:1:1: 'allow' is a list of tables: [[allow]]"),
        (
            "[[allow]]\nphrase = 'x'\nreason = 'y'\nrule = []",
            "c.toml:4:1: unknown key 'rule'; did you mean 'rules'?",
        ),
        ("baseline = ''", "c.toml:1:1: 'baseline' is a text in quotation marks, not an empty text"),
        ("encoding = 'utf8x'", "c.toml:1:1: unknown encoding 'utf8x'; did you mean 'utf-8'?"),
        ("max-size = '50 MB'", "c.toml:1:1: 'max-size' is a number of megabytes, for example 200"),
        ("force-exclude = 1", "c.toml:1:1: 'force-exclude' is true or false, not a number"),
        ("[overrides]\npaths = []", "c.toml:1:1: 'overrides' is a list of tables: [[overrides]]"),
        (
            "[[overrides]]\naudience = 'template'",
            "c.toml:1:1: an override needs 'paths', for example paths = [\"patient-facing/\"]",
        ),
        (
            "[[overrides]]\npaths = ['a']\n[[overrides]]\npaths = ['b']\n  exclude = []",
            "c.toml:5:3: 'exclude' is for the whole run and cannot stand in an override",
        ),
        (
            "[[overrides]]\npaths = ['a']\naudence = 'template'",
            "c.toml:3:1: unknown key 'audence'; did you mean 'audience'?",
        ),
        ("extend = 3", "c.toml:1:1: 'extend' is a text in quotation marks, not a number"),
    ],
)
def test_messages(text: str, message: str) -> None:
    put("c.toml", text)
    assert refused(config_file="c.toml") == message


def test_every_problem_at_once() -> None:
    put("c.toml", "selct = []\nfail-on = 'x'\n")
    assert len(refused(config_file="c.toml").splitlines()) == 2


def test_place_in_a_pyproject() -> None:
    put("pyproject.toml", '[project]\nname = "x"\n\n[tool.hrlint]\n# note\nselct = []\n')
    assert refused() == "pyproject.toml:6:1: unknown key 'selct'; did you mean 'select'?"


def test_other_encodings() -> None:
    Path("bom.toml").write_bytes(b"\xef\xbb\xbfaudience = 'template'\r\n")
    assert load(config_file="bom.toml").audience == "template"
    Path("bad.toml").write_bytes(b"\xff\xfea\x00")
    assert refused(config_file="bad.toml") == "bad.toml: not UTF-8; save the file as UTF-8"


def test_messages_about_flags() -> None:
    assert (
        refused(flags={"audience": "patients"})
        == "--audience: unknown audience 'patients'; did you mean 'patient-facing'?"
    )
    assert refused(flags={"ignore": ["?"]}) == (
        "--ignore: '?' is not a rule, a category, or a beginning such as 'person-labels.add*'"
    )
    assert refused(flags={"colour": "x"}) == "unknown setting 'colour'"
    assert load(flags={"select": [], "audience": None}) == Config()
    assert load(flags={"packs": ["x.yaml"]}).origin("packs") == "--rules"


def test_unknown_rules() -> None:
    put(
        "c.toml",
        'select = ["person-labels", "weigth"]\n'
        'ignore = [\n  "person-labels.adict",\n  "weight*", "pers", "hrlint.unused-suppression"]\n'
        '[severity]\n"age.old*" = "info"\n[terms]\n"weight.fat" = ["x"]\n'
        '[[overrides]]\npaths = ["a/"]\nignore = ["person-labels.ad"]\n',
    )
    config = load(config_file="c.toml", flags={"select": ["abstinance"]})
    known = ["person-labels.addict", "weight.obese", "age.elderly", "person-labels.adolescents"]
    assert check_rules(config, known) == [
        "--select: unknown category 'abstinance'; did you mean 'abstinence-framing'?",
        "c.toml:1:28: unknown category 'weigth'; did you mean 'weight'?",
        "c.toml:3:3: unknown rule 'person-labels.adict'; did you mean 'person-labels.addict'?",
        "c.toml:6:1: unknown rule 'age.old*'; did you mean 'age.elderly'?",
        "c.toml:8:1: unknown rule 'weight.fat'; did you mean 'weight.obese'?",
        "c.toml:11:11: unknown rule 'person-labels.ad'; did you mean 'person-labels.addict'?",
    ]


# --- where a key stands ---------------------------------------------------------------------

TOML = '''\
# head = "x"
a = 1 # a = 2
b.c = """
d = 3
"""
"q u" = ['x', "y]",
  {z = [1, 2], w = '}'}, # k = 1
  4]
[t]
e = {f = 1, g.h = [ "i" ]}
  [ t . u ]
  v = 1979-05-27T07:32:00Z
[[l]]
m = 1
[[l]]
m = 2
[[l.n]]
o = '''
TOML += '\'\'\'\no = 5\'\'\'\n[l.p]\nr = """"quoted""""\nlast = 1\n'


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("a",), (2, 1)),
        (("b", "c"), (3, 1)),
        (("q u",), (6, 1)),
        (("q u", 1), (6, 15)),
        (("q u", 2, "z", 1), (7, 12)),
        (("q u", 2, "w"), (7, 16)),
        (("q u", 3), (8, 3)),
        (("t", "e", "f"), (10, 6)),
        (("t", "e", "g", "h", 0), (10, 21)),
        (("t", "u", "v"), (12, 3)),
        (("l",), (13, 1)),
        (("l", 0, "m"), (14, 1)),
        (("l", 1, "m"), (16, 1)),
        (("l", 1, "n", 0, "o"), (18, 1)),
        (("l", 1, "p", "r"), (21, 1)),
        (("l", 1, "p", "last"), (22, 1)),
        (("l", 1, "nothing"), (15, 1)),
        (("nothing",), (1, 1)),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_key_position(path: tuple[str | int, ...], place: tuple[int, int], newline: str) -> None:
    source = TOML.replace("\n", newline)
    tomllib.loads(source)
    assert key_position(source, path) == place


# --- showing --------------------------------------------------------------------------------


def test_render_is_toml_that_says_where_from() -> None:
    put(
        "hrlint.toml",
        'audience = "template"\nbaseline = "b.jsonl"\nmax-size = 0.5\nignore = ["age"]\n'
        '[terms]\n"weight.obese" = ["big \\"b\\\\"]\n[[allow]]\nphrase = "Clean Slate"\nreason = "a service"\n'
        '[[overrides]]\npaths = ["p/"]\nfail-on = "never"\n',
    )
    text = render(load("x", flags={"ignore": ["weight"], "packs": ["r.yaml"]}))
    assert text.splitlines()[0] == "# hrlint.toml"
    rows = {line.split(" = ")[0]: line.split("  # ")[-1] for line in text.splitlines()[1:] if "  # " in line}
    assert rows["audience"] == "hrlint.toml:1:1"
    assert rows["ignore"] == "hrlint.toml:4:1, --ignore"
    assert rows["packs"] == "--rules"
    assert rows["select"] == "default"
    read = tomllib.loads(text)
    assert read["terms"] == {"weight.obese": ['big "b\\']}
    assert read["overrides"] == [{"paths": ["p/"], "fail-on": "never"}]
    assert (read["baseline"], read["max-size"], read["fail-on"]) == ("b.jsonl", 0.5, "warning")
    # What is shown can be used as a settings file.
    put("shown.toml", text)
    shown = load(config_file="shown.toml")
    assert (shown.ignore, shown.allow, shown.max_size) == (("age", "weight"), load("x").allow, 512 * 1024)


def test_every_key_is_documented() -> None:
    page = (Path(__file__).parent.parent / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert [key for key in KEYS if f"`{key}`" not in page] == []
