"""HWP 5: Hangul's binary documents, read from their records."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Any

from doclake.errors import DocumentEmpty, DocumentMalformed
from doclake.extract.builder import Blocks
from doclake.extract.containers import ole, ole_summary
from doclake.extract.containers.member_names import PICTURES
from doclake.extract.formats.hwp import flow, password, records, text
from doclake.extract.model import Child, Extraction, Options

_SIGNATURE = b"HWP Document File"
_COMPRESSED, _ENCRYPTED, _DISTRIBUTION = 1, 2, 4
_SECTION = re.compile(r"(?:BodyText|ViewText)/Section(\d+)")
_MAX_STREAM = 128 << 20
_STREAM_RATIO = 1000


class Hwp:
    """Body, tables and text boxes; notes, headers and footers apart."""

    def extract(self, file: Path, options: Options) -> Extraction:
        blocks = Blocks("hwp5", options.limits)
        with ole.open_file(file) as container:
            flags = _flags(container)
            if flags & _ENCRYPTED:
                container = password.Unlocked(container, options.password)
            info = _document_info(container, flags)
            shapes = text.Shapes(records.read(info))
            for name in _sections(container, flags):
                with blocks.lost.part("/".join(name)):
                    section = records.tree(_section(container, name, flags))
                    reader = text.SectionReader(shapes, blocks.lost)
                    flow.add(reader.section(section), blocks)
            title, metadata = _properties(container)
            children = _children(container, flags, blocks)
        if not blocks.elements and not children:
            raise blocks.lost.first or DocumentEmpty("The document has no text.")
        return blocks.extraction(
            children,
            title=title,
            metadata=metadata,
        )


def _flags(container: Any) -> int:
    header = ole.stream(container, "FileHeader")
    if not header.startswith(_SIGNATURE) or len(header) < 40:
        raise DocumentMalformed("The header is not that of HWP 5.")
    (flags,) = struct.unpack_from("<I", header, 36)
    return int(flags)


def _sections(container: Any, flags: int) -> list[list[str]]:
    folder = "ViewText" if flags & _DISTRIBUTION else "BodyText"
    sections = {}
    for path in container.listdir():
        match = _SECTION.fullmatch("/".join(path))
        if match and path[0] == folder:
            sections[int(match[1])] = path
    if not sections:
        raise DocumentMalformed("The document has no section.")
    return [sections[number] for number in sorted(sections)]


def _document_info(container: Any, flags: int) -> bytes:
    try:
        info = _inflated(container, ["DocInfo"], flags)
    except DocumentMalformed as error:
        raise (password.wrong(error) if flags & _ENCRYPTED else error) from None
    return info


def _inflated(container: Any, name: list[str], flags: int) -> bytes:
    data = ole.stream(container, name)
    limit = min(_MAX_STREAM, max(len(data) * _STREAM_RATIO, 1 << 20))
    return records.inflate(data, bool(flags & _COMPRESSED), limit, "/".join(name))


def _section(container: Any, name: list[str], flags: int) -> bytes:
    if not flags & _DISTRIBUTION:
        return _inflated(container, name, flags)
    data = records.decrypt_distribution(ole.stream(container, name))
    return records.inflate(data, bool(flags & _COMPRESSED), _MAX_STREAM, "/".join(name))


def _properties(container: Any) -> tuple[str | None, dict[str, str]]:
    """Title and the rest of the summary; a damaged summary counts as empty."""
    name = "\x05HwpSummaryInformation"
    try:
        summary = ole_summary.by_name(ole.stream(container, name)) if container.exists(name) else {}
    except DocumentMalformed:
        summary = {}
    return summary.get("title"), summary


def _children(container: Any, flags: int, blocks: Blocks) -> list[Child]:
    """Embedded OLE objects, and pictures where the document holds nothing else."""
    children: list[Child] = []
    for path in container.listdir():
        wanted = (".ole", ".bin", *(() if blocks.elements else PICTURES))
        if path[0] == "BinData" and path[-1].lower().endswith(wanted):
            with blocks.lost.part("/".join(path)):
                data = _inflated(container, path, flags)
                start = data.find(ole.MAGIC, 0, 16)  # four bytes of size may stand before it
                children.extend(ole.unwrap(path[-1], data[start:] if start >= 0 else data))
    return children
