"""A small rule pack for tests of the engine, so that they do not move when the shipped rules do."""

from __future__ import annotations

from pathlib import Path

from hrlint import compiled

RULE = """
  - id: {id}
    severity: {severity}
    message: "“{{match}}” is here for a test."
    why: Because the test says so.
    patterns: {patterns}
    unless: {unless}
    info-if: {info_if}
    suggestions: [{{advice: Write something else.}}]
    sources: [expert-opinion]
    examples:
      flag: ["[[x]]"]
      pass: ["y"]
"""

RULES = [
    ("person-labels.addict", "error", ["@drug? addict:n"], [], []),
    ("person-labels.alcoholic", "error", ["alcoholic:n"], ["disease"], []),
    ("substance-use.abuse", "warning", ["@drug abuse:v", "abuse:v @drug"], ["violence"], []),
    ("character-judgments.seeking", "error", ["drug-seeking"], [], ["negated"]),
    ("compliance.noncompliant", "warning", ["non+compliant"], [], []),
    ("compliance.ama", "warning", ['"AMA"'], [], []),
    ("abstinence-framing.clean", "warning", ["{clean} (for|x) # ..1 (months|mo)", "(got|stay) ..2 {clean}"], [], []),
    ("generalizations.never", "error", ["(they|these patients) ..3 never ..2 follow:v"], [], []),
    ("toxicology.dirty", "error", ["(uds|urine) (is|was)? dirty", "^ dirty urine"], [], []),
    ("substance-use.alcoholism", "warning", ["alcoholis*"], [], []),
    ("character-judgments.difficult", "warning", ["^ difficult", "very {difficult} !(airway|words)"], [], []),
    (
        "credibility.marks",
        "warning",
        [
            "□ {dirty}",
            "' {clean} '",
            "“ !(clean)? abuse ”",
            "{clean} (,|.|and) (dirty|;)",
            "# ..2 $ addict:n",
            "cocaine 's",
            "(->|→|so) {dirty}",
        ],
        [],
        [],
    ),
]

CONTEXTS = """
contexts:
  - id: disease
    about: Names of diseases.
    cues:
      - touching-after: ["(hepatitis|cirrhosis)"]
  - id: violence
    about: Harm to a person.
    cues:
      - before: 2
        patterns: ["(sexual|child)"]
      - heading: ["safety screening"]
      - line: ["school"]
  - id: names
    about: Proper names.
    default: silent
    cues:
      - inside: ["national institute on drug abuse"]
  - id: negated
    about: A negation.
    cues:
      - before: 4
        patterns: ["(no|not|denies)"]
"""


def write(folder: Path, rules: list[tuple] = RULES) -> Path:
    """Write the pack into `folder` as the shipped ones are laid out."""
    (folder / "vocabulary").mkdir(parents=True)
    (folder / "contexts").mkdir()
    (folder / "vocabulary" / "lists.yaml").write_text("drug: [heroin, drug, crack cocaine, etoh, alcohol]\n", "utf-8")
    (folder / "contexts" / "all.yaml").write_text(CONTEXTS, "utf-8")
    (folder / "sources.yaml").write_text('expert-opinion: {cite: "Nobody", status: unverified}\n', "utf-8")
    body = "".join(RULE.format(id=i, severity=s, patterns=list(p), unless=u, info_if=n) for i, s, p, u, n in rules)
    (folder / "pack.yaml").write_text("pack: tests\nrules:" + body, "utf-8")
    return folder


def program(folder: Path, rules: list[tuple] = RULES) -> compiled.Program:
    """Return the pack compiled."""
    return compiled.build([write(folder, rules)])
