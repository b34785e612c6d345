"""Plain text: the decoded file as it stands, CRLF and all."""

from __future__ import annotations

from collections.abc import Iterator

from hrlint.document import Document
from hrlint.readers.comments import comments
from hrlint.readers.encodings import decode
from hrlint.readers.options import Options


def read(name: str, raw: bytes, options: Options) -> Iterator[Document]:
    """Yield one document whose text is its source."""
    text, encoding, bom = decode(name, raw, options.encoding)
    yield Document(
        name,
        text,
        text,
        comments=comments(text),
        extra={"encoding": encoding, "bom": bom, "escape": "plain"},
    )
