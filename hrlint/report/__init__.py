"""A page to look at: findings counted by category, rule, group and time, without a word of a note.

from hrlint.report import Tally, count, render
page = render(count(["findings.parquet"], by=["month"]), least=11)
"""

from hrlint.report.counting import Tally, count
from hrlint.report.page import render

__all__ = ["Tally", "count", "render"]
