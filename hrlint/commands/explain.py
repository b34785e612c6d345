"""`hrlint explain`, `hrlint rules` and `hrlint schema`: what the packs say."""

from __future__ import annotations

import json
import re
import sys
import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hrlint.commands.common import errors_to_status, output

if TYPE_CHECKING:
    from hrlint.compiled import Program, RuleData


def register(app: typer.Typer) -> list[str]:
    """Add `explain`, `rules` and `schema`."""
    app.command("explain", help="One rule: why, evidence, what to say instead, examples.")(explain)
    app.command("rules", help="The rules in force.")(rules)
    app.command("schema", help="The JSON Schema of rule packs, for editors.")(schema)
    return ["explain", "rules", "schema"]


def _program(extra: list[str] | None, config: str | None, no_config: bool) -> tuple[Program, Any]:
    from hrlint.api import Linter
    from hrlint.config import Loader

    loader = Loader(config_file=config, no_config=no_config, flags={"packs": extra} if extra else {})
    linter = Linter(loader)
    settings = loader.project()
    return linter.program(settings), settings


Rules = Annotated[list[str] | None, typer.Option("--rules", help="Extra rule packs: a file or a folder.")]
ConfigFile = Annotated[str | None, typer.Option("--config", help="Settings file to use.")]
NoConfig = Annotated[bool, typer.Option("--no-config", help="Use no settings file.")]


def explain(
    rule: Annotated[str, typer.Argument(help="A rule id, such as person-labels.addict.")],
    rules_: Rules = None,
    config: ConfigFile = None,
    no_config: NoConfig = False,
) -> None:
    """Show one rule."""
    with errors_to_status():
        from hrlint.config import nearest
        from hrlint.errors import ConfigError

        program, _ = _program(rules_, config, no_config)
        if rule not in program.rule_by_id:
            members = [r.id for r in program.rules if r.category == rule or r.id.startswith(rule + ".")]
            if members:
                raise ConfigError(f"'{rule}' is a category; its rules are {', '.join(members)}")
            raise ConfigError(f"unknown rule '{rule}'{nearest(rule, program.rule_by_id)}")
        with output(None) as out:
            out.write(explained(program, program.rule_by_id[rule]) + "\n")


def explained(program: Program, rule: RuleData) -> str:
    """Return the page of one rule as text for a terminal."""
    blocks = [
        f"{rule.id}  ({rule.severity})",
        _fold(rule.message.replace("{match}", "…")),
        "Why\n" + _fold(rule.why, 2),
    ]
    levels = ", ".join(f"{name}: {level}" for name, level in rule.audience.items())
    if levels:
        blocks.append(f"By audience\n  {levels}")
    if rule.contested:
        blocks.append("Where guides disagree\n" + _fold(rule.contested, 2))
    blocks.append("Say instead\n" + "\n".join("  - " + line for line in say_instead(rule)))
    blocks.append("Flagged\n" + "\n".join("  - " + _marked(example) for example in rule.flag))
    blocks.append("Not flagged\n" + "\n".join("  - " + example.replace("\n", " ⏎ ") for example in rule.pass_))
    if rule.principles or rule.themes:
        blocks.append("Harm reduction\n" + "\n".join(f"  - {name}" for name in (*rule.principles, *rule.themes)))
    blocks.append("Sources\n" + "\n".join(_fold(line, 4, "  - ") for line in source_lines(program, rule)))
    return "\n\n".join(blocks)


def say_instead(rule: RuleData) -> list[str]:
    """Return the suggestions of a rule in words, best first."""
    lines = []
    for raw in rule.suggestions:
        how = raw.get("applicability", "manual" if "advice" in raw else "unsafe")
        for kind in ("person", "noun"):
            if kind in raw:
                forms = raw[kind] if isinstance(raw[kind], dict) else {"singular": raw[kind]}
                lines.append(f"{' / '.join(forms.values())} ({how})")
        if "verb" in raw:
            lines.append(f"{raw['verb']} (in the tense of the verb; {how})")
        if "text" in raw:
            lines.append(f"{raw['text']} ({how})")
        if "map" in raw:
            pairs = ", ".join(f"{old} → {new}" for old, new in raw["map"].items())
            lines.append(f"{pairs} ({how})")
        if "advice" in raw:
            lines.append(raw["advice"])
    return [re.sub(r"\{(?:a-)?([a-z-]+)\}", r"‹\1›", line) for line in lines]


def source_lines(program: Program, rule: RuleData) -> list[str]:
    """Return the references of a rule, each with how far it was confirmed."""
    found = []
    for key in rule.sources:
        source = program.sources.get(key, {"cite": key, "status": "unverified"})
        status = {"read": "", "excerpt": " [seen in excerpt]", "unverified": " [not verified]"}[source["status"]]
        found.append(source["cite"] + (f". {source['says'].rstrip('.')}." if source.get("says") else "") + status)
    return found


def _marked(example: str) -> str:
    return example.replace("[[", "»").replace("]]", "«").replace("\n", " ⏎ ")


def _fold(text: str, indent: int = 0, first: str | None = None) -> str:
    return textwrap.fill(text, 96, initial_indent=first or " " * indent, subsequent_indent=" " * indent)


def rules(
    format: Annotated[str, typer.Option("--format", "-f", help="table | json")] = "table",
    audience: Annotated[str | None, typer.Option("--audience", "-a", help="Severities for this audience.")] = None,
    category: Annotated[str | None, typer.Option("--category", help="Only this category.")] = None,
    rules_: Rules = None,
    config: ConfigFile = None,
    no_config: NoConfig = False,
) -> None:
    """Show the rules in force."""
    with errors_to_status():
        from hrlint.engine import Engine, Settings
        from hrlint.errors import ConfigError
        from hrlint.model import AUDIENCES, CATEGORIES

        if format not in ("table", "json"):
            raise ConfigError(f"--format: unknown value '{format}'; known are table, json")
        if audience is not None and audience not in AUDIENCES:
            raise ConfigError(f"--audience: unknown value '{audience}'; known are {', '.join(AUDIENCES)}")
        if category is not None and category not in CATEGORIES:
            raise ConfigError(f"--category: unknown value '{category}'; known are {', '.join(CATEGORIES)}")
        from hrlint.api import _severities

        program, settings = _program(rules_, config, no_config)
        name = audience or settings.audience
        chosen = dict(Engine(program, Settings(name, _severities(program, settings))).severities())
        listed = [r for r in program.rules if category in (None, r.category)]
        listed.sort(key=lambda r: (CATEGORIES.index(r.category) if r.category in CATEGORIES else 99, r.id))
        with output(None) as out:
            if format == "json":
                json.dump(
                    [_rule_object(program, r, chosen.get(r.id)) for r in listed], out, ensure_ascii=False, indent=1
                )
                out.write("\n")
                return
            width = max((len(r.id) for r in listed), default=0)
            for rule in listed:
                out.write(
                    f"{rule.id:{width}}  {chosen.get(rule.id, 'off')!s:8} {rule.message.replace('{match}', '…')}\n"
                )
            out.write(f"{len(listed)} rules for audience {name}\n")


def _rule_object(program: Program, rule: RuleData, severity: Any) -> dict[str, Any]:
    return {
        "id": rule.id,
        "category": rule.category,
        "severity": str(severity) if severity is not None else "off",
        "audience": {key: str(level) for key, level in rule.audience.items()},
        "message": rule.message,
        "why": rule.why,
        "suggestions": [dict(raw) for raw in rule.suggestions],
        "principles": list(rule.principles),
        "themes": list(rule.themes),
        "contested": rule.contested,
        "sources": list(rule.sources),
        "examples": {"flag": list(rule.flag), "pass": list(rule.pass_)},
        "pack": rule.pack,
    }


def schema() -> None:
    """Print the JSON Schema of a rule pack."""
    from hrlint.packs import schema as pack_schema

    json.dump(pack_schema(), sys.stdout, indent=1)
    print()
