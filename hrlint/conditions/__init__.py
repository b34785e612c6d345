"""Why a hit does not count, or counts for less.

Named contexts come from YAML (`contexts`); the few that need more grammar than a list can
say are `quotes` (a patient's own words, words that are only mentioned) and `places` (code
lines, headings, identifiers).
"""
