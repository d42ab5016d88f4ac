"""The body of a mail in any of its forms: HTML, RTF, plain text."""

from __future__ import annotations

import re

from doclake.extract.builder import Blocks
from doclake.extract.formats.html import html
from doclake.extract.formats.html.style_sheets import Linked, nothing
from doclake.extract.formats.plain import text
from doclake.extract.formats.rtf import reader
from doclake.extract.formats.rtf.tokens import is_rtf
from doclake.extract.text import charset
from doclake.settings import Limits

_SIGNATURE_MARK = re.compile(r"^-- ?$", re.MULTILINE)
RTF = "text/rtf"
_FROM_TEXT, _HEAD = b"\\fromtext", 1000  # marks an RTF made from plain text (MS-OXRTFEX 2.1.3.1)

Body = tuple[str, str]
"""Media type and text. RTF has one character for each byte (Latin-1): it names its code pages."""


def add(body: Body, blocks: Blocks, linked: Linked = nothing) -> None:
    """Add a body; the text after the signature mark of plain text becomes a Footer. `linked` gives
    the style sheets that came with it."""
    kind, words = body
    if kind == "text/html":
        html.read(words, blocks, boilerplate=False, linked=linked)
    elif kind == RTF:
        reader.read(words.encode("latin-1"), blocks)
    else:
        mark = _SIGNATURE_MARK.search(words)
        text.add_paragraphs(words[: mark.start()] if mark else words, blocks)
        if mark:
            blocks.add("Footer", words[mark.end() :])


def length(bodies: list[Body], limits: Limits) -> int:
    """How many characters the bodies show."""
    blocks = Blocks("email", limits)
    for body in bodies:
        add(body, blocks)
    return sum(len(element.text) for element in blocks.elements)


def richest(
    rich: bytes | str | None, compressed: bytes | str | None, plain: bytes | str | None
) -> list[Body]:
    """Outlook's body in the form with most structure: HTML, else compressed RTF (MS-OXRTFCP) that
    was not made from the plain text, else plain text. Empty if there is none."""
    if isinstance(rich, bytes):
        rich = charset.decode(rich)[0]
    if rich and rich.strip():
        return [("text/html", rich)]
    if isinstance(plain, bytes):
        plain = charset.decode(plain)[0]
    formatted = _decompressed(compressed) if isinstance(compressed, bytes) else b""
    if formatted and not (_FROM_TEXT in formatted[:_HEAD] and plain):
        return [(RTF, formatted.decode("latin-1"))]
    return [("text/plain", plain)] if plain and plain.strip() else []


def _decompressed(data: bytes) -> bytes:
    """The RTF; empty if it is damaged, so that the plain text is taken."""
    from compressed_rtf import decompress

    try:
        rtf: bytes = decompress(data)
    except Exception:  # the library raises Exception itself
        return b""
    return rtf if is_rtf(rtf) else b""
