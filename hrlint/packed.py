"""What was found in a large file, kept small: numbers apart, and everything else once for all that are alike."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar, overload

from hrlint.model import Cue, Finding

_Item = TypeVar("_Item", Finding, Cue)

# Numbers that are kept of an item: its kind, then its place.
_WIDTH = 7

# Length of a fingerprint in bytes; as it is written it has two digits for each.
_DIGEST = 16


class Packed(Sequence[_Item]):
    """A sequence of findings, or of cues, that are made anew when they are asked for."""

    def __init__(self, items: Iterable[_Item] = ()) -> None:
        # What is left of an item without its place, and its number.
        self._kinds: dict[_Item, int] = {}
        self._listed: list[_Item] = []
        self._numbers = array("q")
        self._fingerprints = bytearray()
        self.extend(items)

    def extend(self, items: Iterable[_Item]) -> None:
        """Add items at the end."""
        for item in items:
            if isinstance(item, Finding):
                fingerprint = _bytes(item.fingerprint)
                self._fingerprints += fingerprint
                self._add(
                    item._replace(
                        start=0,
                        end=0,
                        line=0,
                        column=0,
                        end_line=0,
                        end_column=0,
                        suggestions=tuple(suggestion.moved(-item.start) for suggestion in item.suggestions),
                        fingerprint="" if any(fingerprint) else item.fingerprint,
                    ),
                    (item.start, item.end, item.line, item.column, item.end_line, item.end_column),
                )
            else:
                self._add(
                    item._replace(start=0, end=0, line=0, column=0),
                    (item.start, item.end, item.line, item.column, 0, 0),
                )

    def _add(self, kind: _Item, place: tuple[int, ...]) -> None:
        number = self._kinds.setdefault(kind, len(self._listed))
        if number == len(self._listed):
            self._listed.append(kind)
        self._numbers.extend((number, *place))

    def __len__(self) -> int:
        return len(self._numbers) // _WIDTH

    @overload
    def __getitem__(self, index: int) -> _Item: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[_Item, ...]: ...
    def __getitem__(self, index: int | slice) -> _Item | tuple[_Item, ...]:
        if isinstance(index, slice):
            return tuple(self._item(number) for number in range(*index.indices(len(self))))
        return self._item(range(len(self))[index])

    def __iter__(self) -> Iterator[_Item]:
        return map(self._item, range(len(self)))

    def _item(self, index: int) -> _Item:
        number, start, end, line, column, end_line, end_column = self._numbers[index * _WIDTH : (index + 1) * _WIDTH]
        kind = self._listed[number]
        if isinstance(kind, Finding):
            fingerprint = self._fingerprints[index * _DIGEST : (index + 1) * _DIGEST]
            return kind._replace(
                start=start,
                end=end,
                line=line,
                column=column,
                end_line=end_line,
                end_column=end_column,
                suggestions=tuple(suggestion.moved(start) for suggestion in kind.suggestions),
                fingerprint=fingerprint.hex() if any(fingerprint) else kind.fingerprint,
            )
        return kind._replace(start=start, end=end, line=line, column=column)


def _bytes(fingerprint: str) -> bytes:
    """Return a fingerprint as bytes; zeros for what is none."""
    try:
        packed = bytes.fromhex(fingerprint)
    except ValueError:
        packed = b""
    return packed if len(packed) == _DIGEST and packed.hex() == fingerprint else bytes(_DIGEST)


def like(model: Sequence[_Item], items: Iterable[_Item]) -> Sequence[_Item]:
    """Return `items` packed if `model` is, else as a tuple."""
    return Packed(items) if isinstance(model, Packed) else tuple(items)
