"""DOCX written by hand: what python-docx cannot write."""

from __future__ import annotations

import io
import zipfile

REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    f' xmlns:r="{REL}" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:z="urn:nobody-knows"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def package(
    body: str,
    doctype: str = "",
    parts: dict[str, tuple[str, bytes]] | None = None,
    paper: str = "",
) -> bytes:
    """A document with a body. `parts` maps ids to the kind of a related part and its bytes; the
    kind ends with a slash and the name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        xml = f"{doctype}<w:document {SPACES}>{paper}<w:body>{body}</w:body></w:document>"
        archive.writestr("word/document.xml", xml)
        relations = ""
        for identity, (kind, data) in (parts or {}).items():
            kind, name = kind.split("/")
            relations += f'<Relationship Id="{identity}" Type="{REL}/{kind}" Target="{name}"/>'
            archive.writestr(f"word/{name}", data)
        archive.writestr(
            "word/_rels/document.xml.rels", f"<Relationships>{relations}</Relationships>"
        )
    return out.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def runs(*parts: tuple[str, str]) -> str:
    """A paragraph of (properties, content) runs."""
    inner = "".join(f"<w:r><w:rPr>{look}</w:rPr>{content}</w:r>" for look, content in parts)
    return f"<w:p>{inner}</w:p>"


def words(text: str) -> str:
    return f'<w:t xml:space="preserve">{text}</w:t>'


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"
