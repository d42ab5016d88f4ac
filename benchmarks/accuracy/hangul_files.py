"""The same paragraphs as HWP 5 and as HWPX, written from Hancom's published formats.

Both carry a preview stream of their first thousand characters, as Hangul writes it. The streams of
the HWP document are kept below the size that `tests/extract/compound.py` writes, so it has many
sections; a document of many chapters has, too.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from xml.sax.saxutils import escape

from tests.extract import compound

PREVIEW = 1000
_PARA_HEADER, _PARA_TEXT = 66, 67
_COMPRESSED = 1
_MOST = 1500
"""Characters a section: below a mini stream's size even where they do not compress."""
_SPACES = (
    'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph" '
    'xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section" '
    'xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head"'
)


def preview(paragraphs: list[str]) -> str:
    return "\r\n".join(paragraphs)[:PREVIEW]


def hwp(paragraphs: list[str]) -> bytes:
    """An HWP 5.0 document, compressed."""
    header = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05000300, _COMPRESSED)
    bodies: list[bytes] = [b""]
    size = 0
    for text in paragraphs:
        if size + len(text) > _MOST and bodies[-1]:
            bodies.append(b"")
            size = 0
        bodies[-1] += _paragraph(text)
        size += len(text)
    sections: compound.Tree = {f"Section{n}": _deflated(body) for n, body in enumerate(bodies)}
    return compound.write(
        {
            "FileHeader": header.ljust(256, b"\0"),
            "DocInfo": _deflated(b""),
            "BodyText": sections,
            "PrvText": preview(paragraphs).encode("utf-16-le"),
        }
    )


def _paragraph(text: str) -> bytes:
    data = (text + "\r").encode("utf-16-le")
    head = struct.pack("<IIHBBHHHI", len(data) // 2, 0, 0, 0, 0, 1, 0, 0, 0)
    return _record(_PARA_HEADER, 0, head) + _record(_PARA_TEXT, 1, data)


def _record(tag: int, level: int, data: bytes) -> bytes:
    size = min(len(data), 0xFFF)
    head = struct.pack("<I", tag | level << 10 | size << 20)
    return head + (struct.pack("<I", len(data)) if size == 0xFFF else b"") + data


def _deflated(data: bytes) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeeze.compress(data) + squeeze.flush()


def hwpx(paragraphs: list[str]) -> bytes:
    """An HWPX document."""
    runs = "".join(
        f'<hp:p id="{n}" paraPrIDRef="0" styleIDRef="0"><hp:run charPrIDRef="0">'
        f"<hp:t>{escape(text)}</hp:t></hp:run></hp:p>"
        for n, text in enumerate(paragraphs)
    )
    items = '<opf:item id="section0" href="Contents/section0.xml" media-type="application/xml"/>'
    parts = {
        "mimetype": "application/hwp+zip",
        "Contents/content.hpf": f'<opf:package xmlns:opf="http://www.idpf.org/2007/opf/">'
        f'<opf:manifest>{items}</opf:manifest><opf:spine><opf:itemref idref="section0"/>'
        "</opf:spine></opf:package>",
        "Contents/header.xml": f"<hh:head {_SPACES}/>",
        "Contents/section0.xml": f"<hs:sec {_SPACES}>{runs}</hs:sec>",
        "Preview/PrvText.txt": preview(paragraphs),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return out.getvalue()
