"""How much text a container holds, counted without the reader of its format.

A reader can be wrong without failing: it steps over a part, or takes a page for furniture. So the
text is counted a second time by a way that knows no structure: text nodes of XML, parts of a mail,
decoded bytes. The figures are compared, not trusted: markup counts a little differently. Every
pattern goes over its text once, whatever the text is, and an end that is missing is the end of all.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pyarrow as pa

from doclake.extract.containers.zip_package import Package
from doclake.extract.text import charset
from doclake.settings import Limits
from doclake.tables.rows import strings

# Bytes of UTF-8 that begin no letter: marks and blanks of ASCII, all but the first of a sequence.
_NO_LETTERS = bytes(c for c in range(0x80) if not chr(c).isalnum()) + bytes(range(0x80, 0xC0))
_SLICE = 8192


def of(text: str) -> int:
    """Letters and digits; marks outside ASCII count as well, which costs no time to tell apart."""
    return len(text.encode("utf-8", "ignore").translate(None, _NO_LETTERS))


def of_column(column: pa.ChunkedArray[Any]) -> int:
    """Letters in a column of strings, some thousand at a time: it may be large."""
    slices = pa.table([column], names=["text"]).to_batches(max_chunksize=_SLICE)
    return sum(of("".join(strings(rows["text"]))) for rows in slices)


def in_container(file: Path, media_type: str, limits: Limits) -> int | None:
    """Letters in a file, as `of` counts them; None where only its reader can tell, and for a file
    that cannot be counted."""
    try:
        if media_type in _PARTS:
            return _zipped(file, *_PARTS[media_type], limits)
        count = _WHOLE.get(media_type)
        return count(file.read_bytes()) if count else None
    except Exception:  # whatever is wrong with the file, its reader has said so
        return None


def _zipped(
    file: Path, names: re.Pattern[str], count: Callable[[bytes], int], limits: Limits
) -> int:
    with Package(file, limits) as package:
        package.unlock(None)  # encrypted parts would be noise
        return sum(count(package.read(name)) for name in package.names if names.fullmatch(name))


_RUN = re.compile(rb"<(?:[\w.-]{1,40}:)?t(?:\s[^<>]*)?>([^<]+)")  # <w:t>, <a:t>, <hp:t>
_NODE = re.compile(rb">([^<]+)")
# The same once more, how it is pronounced, and what an editor struck out.
_ASIDE = re.compile(
    rb"<(mc:Fallback|rPh|text:tracked-changes)\b.*?(?:</\1>|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL
)
_UNSHOWN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<head\b.*?(?:</head\s*>|(?=<body\b)|\Z)"
    r"|<(script|style|noscript|template|textarea)\b(?![^<>]*/>).*?(?:</\1\s*>|\Z)"
    r"|<[^>]*(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\]\([^()\n]*\)|^\[[^\]\n]+\]:.*$|<!--(?s:.*?)(?:-->|\Z)|</?[A-Za-z][^<>\n]*>", re.MULTILINE
)


def _of_runs(data: bytes) -> int:
    return _of_nodes(data, _RUN)


def _of_strings(data: bytes) -> int:
    """Texts of a workbook stand in a part of their own, or in the cells of sheets."""
    return _of_runs(data) if b"<sst" in data[:1000] or b"inlineStr" in data else 0


def _of_xml(data: bytes) -> int:
    return _of_nodes(data, _NODE)


def _of_nodes(data: bytes, nodes: re.Pattern[bytes]) -> int:
    text = b" ".join(nodes.findall(_ASIDE.sub(b"", data))).decode("utf-8", "replace")
    return of(html.unescape(text))


def _of_text(data: bytes) -> int:
    return of(charset.decode(data)[0])


def _of_markdown(data: bytes) -> int:
    return of(html.unescape(_ADDRESS.sub("", charset.decode(data)[0])))


def _of_html(data: bytes) -> int:
    return of(html.unescape(_UNSHOWN.sub(" ", charset.decode(data)[0])))


def _of_mail(data: bytes) -> int:
    if charset.is_marked(data) or b"\0" in data[:200]:  # no line of UTF-16 is a field
        data = charset.decode(data)[0].encode()
    return _of_part(message_from_bytes(data))


def _of_part(part: Message) -> int:
    """Of several forms of one body the shortest counts: the others may repeat it with quotes."""
    kind = part.get_content_type()
    if part.is_multipart():
        inner: Any = part.get_payload()
        sizes = [_of_part(one) for one in inner if isinstance(one, Message)]
        if kind == "multipart/alternative":
            return min((size for size in sizes if size), default=0)
        return sum(sizes) if kind != "message/rfc822" else 0  # a forwarded mail is one of its own
    if kind not in ("text/plain", "text/html") or part.get_filename():
        return 0
    payload: Any = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    return _of_html(data) if kind == "text/html" else _of_text(data)


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_CONTENT = re.compile(r"content\.xml")
_PARTS: dict[str, tuple[re.Pattern[str], Callable[[bytes], int]]] = {
    f"{_OOXML}wordprocessingml.document": (
        re.compile(r"word/(?:document|footnotes|endnotes|header\d*|footer\d*)\.xml"),
        _of_runs,
    ),
    f"{_OOXML}presentationml.presentation": (re.compile(r"ppt/slides/slide\d+\.xml"), _of_runs),
    f"{_OOXML}spreadsheetml.sheet": (
        re.compile(r"xl/(?:sharedStrings|worksheets/sheet\d+)\.xml"),
        _of_strings,
    ),
    "application/hwp+zip": (re.compile(r"Contents/section\d+\.xml"), _of_runs),
    f"{_ODF}text": (_CONTENT, _of_xml),
    f"{_ODF}presentation": (_CONTENT, _of_xml),
    f"{_ODF}spreadsheet": (_CONTENT, _of_xml),
    "application/epub+zip": (re.compile(r".*\.x?html?", re.IGNORECASE), _of_html),
}
_WHOLE: dict[str, Callable[[bytes], int]] = {
    "text/plain": _of_text,
    "text/markdown": _of_markdown,
    "text/x-rst": _of_text,
    "text/csv": _of_text,
    "text/tab-separated-values": _of_text,
    "text/html": _of_html,
    "application/xml": _of_xml,
    "message/rfc822": _of_mail,
}
