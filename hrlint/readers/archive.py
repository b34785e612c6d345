"""Zip archives from strangers: members are read in memory, up to a limit, and never unpacked to disk."""

from __future__ import annotations

import io
import zipfile

from hrlint.errors import InputError

MEMBER_CAP = 50 * 1024 * 1024
TOTAL_CAP = 200 * 1024 * 1024
RATIO_CAP = 200
# Below this size a ratio says nothing: a blank page compresses well.
_RATIO_FLOOR = 1024 * 1024
_MEMBERS_CAP = 20_000


class Archive:
    """A zip file; `read` counts what was unpacked so far. Every method raises InputError only."""

    def __init__(self, name: str, raw: bytes) -> None:
        self.name = name
        self._unpacked = 0
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(raw))
            self.infos = self.zip.infolist()
        except Exception:  # zipfile raises a dozen kinds for directories that lie
            raise InputError(name, "is a damaged or cut-off zip archive; open and save it anew") from None
        if len(self.infos) > _MEMBERS_CAP:
            raise InputError(name, f"has more than {_MEMBERS_CAP} members; that is no document")
        self.names = [info.filename for info in self.infos]

    def read(self, member: str | zipfile.ZipInfo) -> bytes:
        """Return the bytes of a member; refuses bombs before they are unpacked in full."""
        try:
            info = self.zip.getinfo(member) if isinstance(member, str) else member
        except KeyError:
            raise InputError(self.name, "lacks a part that its format needs; open and save it anew") from None
        if info.flag_bits & 1:
            raise InputError(self.name, "is protected by a password; save it without one")
        try:
            with self.zip.open(info) as stream:
                data = stream.read(MEMBER_CAP + 1)
        except Exception:  # and as many for data that does
            raise InputError(self.name, "is a damaged zip archive; open and save it anew") from None
        self._unpacked += len(data)
        if len(data) > MEMBER_CAP or self._unpacked > TOTAL_CAP:
            raise InputError(
                self.name, "unpacks to more than a document may hold (50 MB a part, 200 MB in all); split it"
            )
        if len(data) > _RATIO_FLOOR and len(data) > RATIO_CAP * max(info.compress_size, 1):
            raise InputError(self.name, "unpacks to more than 200 times its size, as a zip bomb does; save it anew")
        return data
