"""E-mail (.eml): subject, text parts, and attachments in a format that hrlint reads."""

from __future__ import annotations

import email
import email.message
import email.policy
from collections.abc import Iterator

from hrlint.document import Document
from hrlint.errors import InputError
from hrlint.readers.nested import documents, is_silent
from hrlint.readers.options import Options

PART_CAP = 1000
_FIXABLE = "a mail is a record of what was sent; edit the text it was made from"


def read(name: str, raw: bytes, options: Options) -> Iterator[Document]:
    """Yield the subject and a document for each text part; of alternatives the plain one."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    if not message.keys():
        raise InputError(name, "has no mail headers; name its format with --format-in")
    read_any = False
    subject = _header(message, "subject")
    if subject.strip():
        read_any = True
        yield Document(name, subject, "", (), "email", location="subject", fixable=_FIXABLE)
    number = 0
    for part in _parts(message):
        number += 1
        if number > PART_CAP:
            options.problems.append(f"parts after {PART_CAP}: were left out")
            return
        place = f"part {number}"
        media = part.get_content_type()
        try:
            content = part.get_payload(decode=True)
        except Exception:  # the mail package raises what its codecs raise
            content = None
        if not isinstance(content, bytes):
            options.problems.append(f"{place}: cannot be decoded; it was left out")
            continue
        if not content.strip() or is_silent(media):
            continue
        charset = part.get_param("charset")
        label = media + (f"; charset={charset}" if isinstance(charset, str) and _known(charset) else "")
        for document in documents(name, content, label, place, options, _FIXABLE):
            read_any = True
            yield document
    if not read_any and not options.problems:
        raise InputError(name, "holds no text; nothing to read")


def _known(label: str) -> bool:
    try:
        "".encode(label)
    except (LookupError, ValueError):
        return False
    return label.lower() not in ("us-ascii", "ascii")


def _header(message: email.message.Message, title: str) -> str:
    try:
        return str(message.get(title, ""))
    except Exception:  # broken encoded words raise many things
        return ""


def _parts(message: email.message.Message) -> Iterator[email.message.Message]:
    """Yield the parts that hold something; a stack, so that depth costs nothing."""
    stack: list[email.message.Message] = [message]
    while stack:
        part = stack.pop()
        if part.is_multipart():
            inner = [each for each in part.get_payload() if isinstance(each, email.message.Message)]
            if part.get_content_subtype() == "alternative":
                plain = [each for each in inner if each.get_content_type() == "text/plain"]
                inner = plain or inner
            stack += reversed(inner)
        else:
            yield part
