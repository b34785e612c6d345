"""What to say instead: suggestions that splice into the sentence as they are.

`words` holds the vocabulary, `templates` the YAML forms, `grammar` the tables and rules of
English, `phrases` looks words up, `layout` minds capitals and line breaks, `untouched` knows where words are kept
as they are, `building` puts them together. Nothing here
reads a file or knows a rule; words stand in the packs.
"""

from __future__ import annotations

from collections.abc import Sequence

from hrlint.model import Span, Suggestion
from hrlint.suggest.building import build
from hrlint.suggest.grammar import Match, article
from hrlint.suggest.templates import Template, parse
from hrlint.suggest.untouched import untouched
from hrlint.suggest.words import Words

__all__ = ["Match", "Template", "Words", "article", "parse", "suggest"]


def suggest(match: Match, templates: Sequence[Template], words: Words) -> tuple[Suggestion, ...]:
    """Return the suggestions for one match, in the order of `templates`.

    Offsets are code points of `match.text`, half-open; a stretch may be wider than the match. A
    template that does not fit the sentence, or would leave it as it is, gives none.
    """
    found: list[Suggestion] = []
    for template in templates:
        made = build(match, template, words)
        if made is not None and all((made.text, made.start, made.end) != (s.text, s.start, s.end) for s in found):
            found.append(made)
    tokens = match.tokens
    if found and untouched(match.text, Span(tokens[match.first].start, tokens[match.last - 1].end)):
        found = [s._replace(applicability="manual") for s in found]
    return tuple(found)
