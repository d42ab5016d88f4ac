"""OpenDocument packages: those that LibreOffice wrote (fixtures/make.py), and small ones."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

OASIS = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = " ".join(
    f'xmlns:{name}="{OASIS}:{name}:1.0"' for name in ("office", "text", "table", "style", "chart")
)
SPACES += f' xmlns:draw="{OASIS}:drawing:1.0" xmlns:fo="{OASIS}:xsl-fo-compatible:1.0"'
SPACES += ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
SPACES += f' xmlns:presentation="{OASIS}:presentation:1.0"'
SPACES += f' xmlns:svg="{OASIS}:svg-compatible:1.0"'


def fixture(name: str) -> bytes:
    return (Path(__file__).parent / "fixtures" / name).read_bytes()


def changed(data: bytes, member: str, content: bytes | None) -> bytes:
    """The package with a member replaced, or without it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            if item.filename != member:
                new.writestr(item, old.read(item))
            elif content is not None:
                new.writestr(item, content)
    return out.getvalue()


def package(kind: str, styles: str, body: str, **parts: str) -> bytes:
    """A document of a kind (`text`, `spreadsheet` ...); `parts` are objects in it."""
    content = f"<office:document-content {SPACES}><office:automatic-styles>{styles}"
    content += f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", f"{content}</office:body></office:document-content>")
        for name, part in parts.items():
            archive.writestr(f"{name}/content.xml", part)
    return out.getvalue()


def table(*rows: list[str]) -> str:
    cells = (
        "".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in row) for row in rows
    )
    inner = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    return f"<table:table>{inner}</table:table>"
