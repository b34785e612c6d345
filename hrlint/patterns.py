"""Regular expressions that are compiled when they are first used.

Compiling takes a millisecond for a long one, and most runs, on a note in which nothing
is found, ask only a few.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Lazy:
    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self._pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        # Called for what is not there yet only: from then on `search` is that of the compiled pattern itself.
        found = getattr(re.compile(self._pattern, self._flags), name)
        setattr(self, name, found)
        return found


def lazy(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what does as `re.compile(pattern, flags)` does, compiled when a method of it is first asked for.

    For its methods only: `re.sub` and the like want a compiled pattern.
    """
    return cast("re.Pattern[AnyStr]", _Lazy(pattern, flags))
