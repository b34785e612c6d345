"""Writes the generated pages: `docs/rules/`, `docs/cli.md` and `docs/pack-schema.json`.

python docs/generate.py            write what has changed
python docs/generate.py --check    change nothing; exit 1 and name the pages that are stale
"""

from __future__ import annotations

import json
import re
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))

from hrlint import compiled, packs  # noqa: E402
from hrlint.cli import COMMANDS  # noqa: E402
from hrlint.commands.explain import say_instead, source_lines  # noqa: E402
from hrlint.compiled import CueData, Program, RuleData  # noqa: E402
from hrlint.errors import PackError  # noqa: E402
from hrlint.model import CATEGORIES, PRINCIPLES  # noqa: E402

NOTICE = "<!-- Made by docs/generate.py; do not edit. -->\n"
# The pages quote what the rules flag.
QUOTES = "<!-- hrlint: ignore-file -- a glossary of the words that hrlint flags -->\n"

INTRO = """\
{rules} rules in {categories} categories. `hrlint explain RULE` shows one in the terminal.

Each piece of evidence tells how far it was confirmed: without a note the source itself was read; “seen in excerpt”
means an abstract, an excerpt or a faithful copy; “not verified” means general knowledge. All sources:
[sources](sources.md). What counts as good language already there: [aligned](aligned.md).
"""

INTRO_ALIGNED = """\
Passages that show relational harm reduction, reported with `hrlint check --aligned`. Stock phrases are no cues,
and a cue that the same passage takes back is not counted.
"""

INTRO_CLI = """\
`hrlint note.txt` is `hrlint check note.txt`; `hrlint --version` names the versions.

Exit status: 0 nothing at or above `--fail-on`, 1 findings at or above it, 2 something could not be read or understood.
"""

ABOUT = {
    "person-labels": "A person named by substance use or a condition.",
    "substance-use": "Abuse, habit and slang for use and intoxication; dirty and clean equipment.",
    "toxicology": "Clean, dirty, hot, failed and passed drug tests; suspicion in the wording of tests.",
    "treatment": "Substitution, replacement, “failed” treatment, slurs on medication; relapse and detox wording.",
    "abstinence-framing": "Clean, sober, drug-free as a state of a person; abstinence as the only goal.",
    "generalizations": "Sweeping negative claims about people who use drugs.",
    "character-judgments": "Drug-seeking, manipulative, difficult, lazy.",
    "credibility": "Doubt: claims, insists, scare quotes, poor historian.",
    "compliance": "Noncompliant, refused, failed to, against medical advice, no-show as a trait.",
    "punitive-care": "Dismissal or penalties for a positive test, lateness or missed visits; results to courts.",
    "autonomy": "Orders, threats and permissions in place of the person's own choice.",
    "hiv-hcv": "Wording about HIV and hepatitis C.",
    "perinatal": "Pregnancy, newborns and parents.",
    "sex-work": "Sex work.",
    "justice": "Arrest, prison and probation.",
    "housing": "Being without housing.",
    "mental-health": "Mental health and suicide.",
    "weight": "Body weight.",
    "diabetes": "Diabetes and other long-term conditions.",
    "disability": "Disability.",
    "age": "Older age.",
}


def md(text: str) -> str:
    """Return `text` so that Markdown, HTML and template engines show it as it is."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = text.replace("{", "&#123;").replace("}", "&#125;")
    text = re.sub(r"([\\`*_\[\]|~$])", r"\\\1", text)
    text = re.sub(r"\s*\n\s*", " ⏎ ", text.strip())
    # What would begin a heading, a list or a rule at the start of a line.
    return re.sub(r"^(#{1,6}(?=\s)|[-+=](?=[\s=-])|\d+(?=[.)]\s))", lambda m: _escaped_start(m.group()), text)


def _escaped_start(mark: str) -> str:
    return f"{mark}&#8203;" if mark[0].isdigit() else "\\" + mark


def marked(example: str) -> str:
    """Return a flagged example with what is reported in bold."""
    parts = re.split(r"\[\[(.*?)\]\]", example, flags=re.DOTALL)
    return "".join(f"**{md(part)}**" if i % 2 else _keep_ends(part, i == 0) for i, part in enumerate(parts)).strip()


def _keep_ends(text: str, first: bool) -> str:
    """Return `text` for Markdown, with a blank kept at either end. `first` stands at the start of a line."""
    if not text.strip():
        return " " if text else ""
    safe = md(text) if first else md("x " + text)[2:].lstrip()
    breaks = " ⏎ "
    before = breaks if "\n" in text[: len(text) - len(text.lstrip())] else " " if text[0].isspace() else ""
    after = breaks if "\n" in text[len(text.rstrip()) :] else " " if text[-1].isspace() else ""
    return before + safe + after


# --- rules ----------------------------------------------------------------------------


def severity(rule: RuleData) -> str:
    """Return the severity of a rule, and where it differs by audience."""
    other = "; ".join(f"{name}: {level}" for name, level in rule.audience.items() if level != rule.severity)
    return f"{rule.severity}" + (f" ({other})" if other else "")


def said(rule: RuleData) -> str:
    """Return the message of a rule without a match."""
    return md(rule.message.replace("{match}", "…"))


def rule_section(program: Program, rule: RuleData) -> str:
    """Return the section of one rule."""
    lines = [f"## {rule.id}", "", said(rule), "", f"**Severity** {severity(rule)}", ""]
    lines += [f"**Why** {md(rule.why)}", ""]
    if rule.contested:
        lines += [f"**Where guides disagree** {md(rule.contested)}", ""]
    lines += ["**Say instead**", "", *(f"- {md(line)}" for line in say_instead(rule)), ""]
    lines += ["**Flagged**", "", *(f"- {marked(example)}" for example in rule.flag), ""]
    lines += ["**Not flagged**", "", *(f"- {md(example)}" for example in rule.pass_), ""]
    if rule.principles or rule.themes:
        lines += [f"**Harm reduction** {', '.join((*rule.principles, *rule.themes))}", ""]
    lines += ["**Evidence**", "", *(f"- {md(line)}" for line in source_lines(program, rule)), ""]
    return "\n".join(lines)


def by_category(program: Program) -> dict[str, list[RuleData]]:
    """Return the rules by category, both in a fixed order."""
    found: dict[str, list[RuleData]] = {name: [] for name in CATEGORIES}
    for rule in sorted(program.rules, key=lambda r: r.id):
        found[rule.category].append(rule)
    return {name: rules for name, rules in found.items() if rules}


def category_page(program: Program, category: str, rules: list[RuleData]) -> str:
    """Return the page of one category."""
    return "\n".join(
        [NOTICE + QUOTES, f"# {category}", "", ABOUT[category], "", *(rule_section(program, rule) for rule in rules)]
    )


def index_page(program: Program) -> str:
    """Return the list of all rules."""
    groups = by_category(program)
    lines = [NOTICE + QUOTES, "# Rules", ""]
    lines += [INTRO.format(rules=len(program.rules), categories=len(groups))]
    lines += ["| category | rules | flags |", "|---|---|---|"]
    lines += [f"| [{name}]({name}.md) | {len(rules)} | {ABOUT[name]} |" for name, rules in groups.items()]
    for name, rules in groups.items():
        lines += ["", f"## {name}", "", "| rule | severity | says |", "|---|---|---|"]
        lines += [f"| [{r.id}]({name}.md#{r.id.replace('.', '')}) | {severity(r)} | {said(r)} |" for r in rules]
    return "\n".join(lines) + "\n"


def aligned_page(program: Program) -> str:
    """Return the page of the aligned cues, by principle."""
    lines = [NOTICE + QUOTES, "# Aligned language", ""]
    lines += [INTRO_ALIGNED]
    for principle in PRINCIPLES:
        cues = sorted((cue for cue in program.aligned if cue.principle == principle), key=lambda cue: cue.id)
        if cues:
            lines += [f"## {principle}", "", *(line for cue in cues for line in _cue_lines(cue))]
    return "\n".join(lines)


def _cue_lines(cue: CueData) -> list[str]:
    lines = [f"### {cue.id}", ""]
    if cue.theme:
        lines += [f"Theme: {cue.theme}", ""]
    lines += ["**Found**", "", *(f"- {marked(example)}" for example in cue.flag), ""]
    return [*lines, "**Not found**", "", *(f"- {md(example)}" for example in cue.pass_), ""]


def sources_page(program: Program) -> str:
    """Return the bibliography."""
    cited = {key: sum(key in rule.sources for rule in program.rules) for key in program.raw["sources"]}
    lines = [NOTICE + QUOTES, "# Sources", "", "| key | source | confirmed | rules |", "|---|---|---|---|"]
    for key, source in program.raw["sources"].items():
        cite = f"[{md(source['cite'])}]({source['url']})" if source.get("url") else md(source["cite"])
        says = f" — {md(source['says'])}" if source.get("says") else ""
        lines.append(f"| {key} | {cite}{says} | {source['status']} | {cited[key]} |")
    return "\n".join(lines) + "\n"


# --- command line ---------------------------------------------------------------------


def cli_page() -> str:
    """Return all commands and options, from the Typer app itself."""
    import typer

    app = typer.Typer()
    for module in dict.fromkeys(COMMANDS.values()):
        if find_spec(f"hrlint.commands.{module}") is not None:
            import_module(f"hrlint.commands.{module}").register(app)
    group: Any = typer.main.get_command(app)
    lines = [NOTICE, "# Command line", "", INTRO_CLI]
    for name in COMMANDS:
        if name in group.commands:
            lines += _command_lines(name, group.commands[name])
    return "\n".join(lines)


def _command_lines(name: str, command: Any) -> list[str]:
    shown = [p for p in command.params if not getattr(p, "hidden", False) and p.name != "help"]
    arguments = [p for p in shown if p.param_type_name == "argument"]
    options = [p for p in shown if p.param_type_name == "option"]
    usage = " ".join(["hrlint", name, *(["[OPTIONS]"] if options else []), *map(_argument, arguments)])
    lines = [f"## {name}", "", md(command.help or ""), "", "```", usage, "```", ""]
    rows = [([_argument(p)], p) for p in arguments] + [(_flags(p), p) for p in options]
    if rows:
        lines += ["| argument or option | meaning | default |", "|---|---|---|"]
        for names, parameter in rows:
            shown_names = ", ".join(f"`{name}`" for name in names)
            lines.append(f"| {shown_names} | {md(parameter.help or '')} | {_default(parameter)} |")
        lines.append("")
    return lines


def _argument(parameter: Any) -> str:
    word = (parameter.metavar or parameter.name).upper()
    if parameter.nargs == -1:
        word += " ..."
    return word if parameter.required else f"[{word}]"


def _flags(parameter: Any) -> list[str]:
    value = "" if parameter.is_flag else f" {parameter.metavar or _kind(parameter.default)}"
    return [f"{flag}{value}" for flag in (*parameter.opts, *parameter.secondary_opts)]


def _kind(default: Any) -> str:
    return "N" if isinstance(default, int | float) else "TEXT"


def _default(parameter: Any) -> str:
    default = parameter.default
    if default in (None, False, "", (), []):
        return ""
    return "on" if default is True else f"`{default}`"


# --- all ------------------------------------------------------------------------------


def pages(program: Program | None = None) -> dict[str, str]:
    """Return every generated page: path under `docs/` -> text."""
    program = program or compiled.load()
    found = {f"rules/{name}.md": category_page(program, name, rules) for name, rules in by_category(program).items()}
    found["rules/index.md"] = index_page(program)
    found["rules/aligned.md"] = aligned_page(program)
    found["rules/sources.md"] = sources_page(program)
    found["cli.md"] = cli_page()
    found["pack-schema.json"] = json.dumps(packs.schema(), indent=1, ensure_ascii=False)
    return {name: text.rstrip("\n") + "\n" for name, text in found.items()}


def stale(made: dict[str, str], docs: Path = DOCS) -> list[str]:
    """Return the pages that are missing, differ, or are left over."""
    there = {name: (docs / name).read_text("utf-8") for name in made if (docs / name).is_file()}
    left = [f"rules/{path.name}" for path in sorted((docs / "rules").glob("*.md"))]
    return [name for name in made if there.get(name) != made[name]] + [name for name in left if name not in made]


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` only name the stale ones."""
    unknown = [argument for argument in arguments if argument != "--check"]
    if unknown:
        print(f"unknown argument {unknown[0]}; known is --check", file=sys.stderr)
        return 2
    try:
        made = pages()
    except PackError as error:
        print(error, file=sys.stderr)
        return 2
    wrong = stale(made)
    for name in wrong:
        path = DOCS / name
        if "--check" in arguments:
            print(f"docs/{name} is stale; run: python docs/generate.py")
        elif name in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[name], "utf-8", newline="\n")
            print(f"docs/{name}")
        else:
            path.unlink()
            print(f"docs/{name} removed")
    return 1 if wrong and "--check" in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
