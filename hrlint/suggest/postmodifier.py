"""The words after the noun: "person" is followed by "with …", "who …" or others, and by what qualifies them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hrlint.suggest import grammar
from hrlint.suggest.words import Words


class Postmodifier:
    """What stands after the noun: "with …", "who …" or other words, and what qualifies it."""

    def __init__(self, singular: str, plural: str, many: bool, values: Mapping[str, str], words: Words) -> None:
        self.singular, self.plural, self.many, self.words, self.values = singular, plural, many, words, values
        self.qualifiers: list[str] = []
        self.drop_article = False
        self.perfect = False  # "since 2015" follows

    def take(self, kind: str) -> None:
        """Add what a word before the label says, as `labels` names it; words are taken from right to left."""
        self.qualifiers.insert(0, kind)

    @property
    def known_alone(self) -> bool:
        """Whether the words can stand without a noun: "known to inject drugs"."""
        return self.qualifiers == ["known"] and self.singular.startswith("who ")

    @property
    def former(self) -> bool:
        """Whether it is over: "former", "ex-"."""
        return any(q in grammar.FORMER for q in self.qualifiers)

    @property
    def recovering(self) -> bool:
        """Whether the person is called recovering or recovered."""
        return any(q in grammar.RECOVERING or q == "recovering" for q in self.qualifiers)

    @property
    def period(self) -> str:
        """How long it has lasted: "20-year"; empty when nothing says so."""
        return next((q.removeprefix("period:") for q in self.qualifiers if q.startswith("period:")), "")

    def condition(self, history: bool = False) -> str:
        """Return the condition of "with …", qualified: "known alcohol use disorder"."""
        source = self.singular if history or not self.many else self.plural
        bare = source.removeprefix("with ")
        had = re.match(r"an? ", bare)
        bare = bare[had.end() :] if had else bare
        adjectives = [
            grammar.KNOWN[q][0] if q in grammar.KNOWN else grammar.QUALIFIERS.get(q, ("",))[0] for q in self.qualifiers
        ]
        adjectives += [q.partition(":")[2] for q in self.qualifiers if q.startswith("type:")]
        bare = " ".join([*(a for a in adjectives if a), bare])
        if had and not history and not self.drop_article:
            return f"{grammar.article(bare)} {bare}"
        return bare

    def text(self) -> str:
        """Return the words after the noun."""
        beside = next((q for q in self.qualifiers if q.startswith("with:")), "")
        if beside:  # "Hep C drug user" -> "with hep C who uses drugs"
            self.qualifiers.remove(beside)
            rest = self.text()
            if rest.startswith("with "):
                rest = "and " + rest.removeprefix("with ")
            return f"with {beside.partition(':')[2]} {rest}"
        if self.singular.startswith("with "):
            if self.period:
                return grammar.mend_articles(f"with a {self.period} history of {self.condition(True)}")
            if self.former:
                return f"with a history of {self.condition(True)}"
            if self.recovering:
                return f"in recovery from {self.condition(True)}"
            diagnosed = next((q.partition(":")[2] for q in self.qualifiers if q.startswith("diagnosed:")), "")
            if diagnosed:
                return f"{diagnosed} with {self.condition()}"
            return f"with {self.condition()}"
        if self.singular.startswith("who "):
            return self._clause()
        made = self.plural if self.many else self.singular
        adjectives = [grammar.QUALIFIERS.get(q, ("",))[0] for q in self.qualifiers]
        lead = re.match(r"(experiencing|living with|in) ", made)
        if lead and any(adjectives):
            made = lead.group() + " ".join(a for a in adjectives if a) + " " + made[lead.end() :]
        if self.former:
            made = f"formerly {made}"
        known = next((q for q in self.qualifiers if q in grammar.KNOWN), "")
        if known:
            made = f"known to be {made}"
        return made

    def _clause(self) -> str:
        if self.plural == self.singular:
            return self.singular  # "who previously used heroin": no number to carry
        if self.singular.startswith(("who was ", "who had ", "who previously ")):
            return self.plural if self.many else self.singular
        base = self.plural.split()[1]
        rest = " ".join((self.plural if self.many else self.singular).split()[2:])
        base = {"are": "be", "have": "have", "were": "be"}.get(base, base)
        forms = self.words.verb(base)
        number = ("are" if base == "be" else forms.base) if self.many else forms.third
        tail = f" {rest}" if rest else ""
        history = self._history(base, rest)
        if self.period:
            return grammar.mend_articles(f"with a {self.period} history of {history}")
        if self.former:
            if base == "be":
                return f"who {'were' if self.many else 'was'} previously{tail}"
            return f"who previously {forms.past}{tail}"
        if self.recovering:
            return f"in recovery who previously {forms.past}{tail}"
        before, after, perfect = [], [], ""
        for qualifier in self.qualifiers:
            if qualifier in grammar.KNOWN:
                _, lead, form = grammar.KNOWN[qualifier]
                verb = {"base": base, "gerund": forms.gerund, "number": number}[form]
                others = [grammar.QUALIFIERS[q][1] for q in self.qualifiers if q in grammar.QUALIFIERS]
                return f"{lead} {verb}{tail}" + "".join(
                    f" {o}" for o in others if o.endswith("ly") and o != "currently"
                )
            adjective, adverb, place = grammar.QUALIFIERS.get(qualifier, ("", "", ""))
            if not adverb and adjective:
                return f"with {grammar.article(adjective)} {adjective} history of {history}"
            if qualifier.startswith("rate:"):
                after.append(qualifier.partition(":")[2])
            elif place == "perfect":
                perfect = "have long" if self.many else "has long"
            elif place == "before":
                before.append(adverb)
            elif adverb:
                after.append(adverb)
        if self.perfect and not perfect and base != "be":
            perfect = "have" if self.many else "has"
        verb = f"{perfect} {forms.participle}" if perfect else number
        return " ".join(["who", *before, verb]) + tail + "".join(f" {a}" for a in after)

    def _history(self, base: str, rest: str) -> str:
        """Return the clause as a noun: "heroin use", "injecting drugs"."""
        if base == "use" and rest == self.values.get("substance"):
            return f"{self.values.get('substance-use', rest)}"
        return f"{self.words.verb(base).gerund} {rest}".strip()


def said(kind: str, post: str) -> bool:
    """Whether the template says already what a word before the label says: "who drinks heavily"."""
    if kind.startswith(("type:", "with:")):
        return kind.partition(":")[2] in post
    if kind in grammar.FORMER or kind in grammar.RECOVERING or kind == "recovering":
        return bool(re.search(r"\b(previously|formerly|past|former|recovery|remission|history|no longer)\b", post))
    adverb = grammar.QUALIFIERS.get(kind, ("", "", ""))[1]
    return bool(adverb) and adverb in post
