"""PPT (PowerPoint 97 to 2003), read from its records (MS-PPT): no LibreOffice needed."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from doclake.errors import (
    DocumentEmpty,
    DocumentEncrypted,
    DocumentMalformed,
    LimitExceeded,
)
from doclake.extract.builder import Blocks
from doclake.extract.containers import ole
from doclake.extract.containers.decryption import decrypt
from doclake.extract.containers.member_names import unique
from doclake.extract.formats.legacy_office.ppt_records import (
    BYTES,
    CHARS,
    OBJECT,
    TEXT_HEADER,
    Record,
    persistent_objects,
    record_text,
    records,
)
from doclake.extract.formats.legacy_office.ppt_shapes import (
    GROUP,
    MASTER_UNITS,
    SHAPE,
    add_table,
    is_table,
    slide_shapes,
)
from doclake.extract.layout import slide_order
from doclake.extract.metadata import slide_size
from doclake.extract.model import Child, ElementType, Extraction, Options
from doclake.extract.text.bidi import runs_leftwards
from doclake.settings import Limits

_DOCUMENT, _DOCUMENT_ATOM, _SLIDE, _NOTES = 1000, 1001, 1006, 1008
_NOTES_ATOM = 1009
_SLIDE_PERSIST, _SLIDE_LIST = 1011, 4080
_CSTRING, _COMMENT, _SLIDE_FLAGS = 4026, 12000, 1017
_MARGINS, _MARGIN_FLAGS, _HAS_FOOTER = 4057, 4058, 0x20  # headers and footers (MS-PPT 2.4.15)
_OF_SLIDES, _FOOTER = 3, 2  # instances of the record in the document, of the text in the record
_TITLES, _NOTE_TEXT = (0, 6), 2
_BODIES = (1, 5, 7, 8)


class Ppt:
    """Presentations: page = slide; notes and comments as annotations."""

    def extract(self, file: Path, options: Options) -> Extraction:
        with ole.open_file(file) as container:
            data = ole.stream(container, "PowerPoint Document")
            if container.exists("EncryptedSummary") or _is_encrypted(container):
                return self._decrypted(file, options)
        blocks = Blocks("ms-ppt", options.limits)
        top = list(records(data, 0, len(data), 0, [0]))
        slides = _slides(top, data)
        if len(slides) > options.limits.pages:
            raise LimitExceeded(f"The presentation has {len(slides)} slides.", limit="pages")
        with_text = 0
        for number, slide in enumerate(slides, start=1):
            before = len(blocks.elements)
            with blocks.lost.part(page=number):
                _add_slide(slide, number, blocks)
            with_text += len(blocks.elements) > before
        children = _objects(top, options.limits)
        if not blocks.elements and not children:
            raise blocks.lost.first or DocumentEmpty("The slides have no text.")
        properties = ole.summary(file) | _size(top)
        title = properties.get("title") or next(
            (e.text for e in blocks.elements if e.type == "Title"), None
        )
        return blocks.extraction(
            children,
            title=title,
            pages=len(slides),
            pages_with_text=with_text,
            metadata=properties,
        )

    def _decrypted(self, file: Path, options: Options) -> Extraction:
        if options.password is None:
            raise DocumentEncrypted("The presentation needs a password.")
        with TemporaryDirectory() as folder:
            plain = Path(folder) / "document"
            plain.write_bytes(decrypt(file.read_bytes(), options.password))
            return self.extract(plain, replace(options, password=None))


def _is_encrypted(container: Any) -> bool:
    if not container.exists("Current User"):
        return False
    user = ole.stream(container, "Current User")
    return len(user) >= 16 and user[12:16] == b"\xdf\xc4\xd1\xf3"


@dataclass(slots=True)
class _Slide:
    """A slide, the texts its outline holds for it, its notes, and its footer."""

    record: Record
    outline: list[tuple[int, str]]
    notes: Record | None = None
    footer: str = ""


def _objects(top: list[tuple[int, Record]], limits: Limits) -> list[Child]:
    """Embedded files, charts included, compressed or not (MS-PPT 2.10.34)."""
    children: list[Child] = []
    left = limits.archive_mb << 20
    for _, record in top:
        if record.kind != OBJECT:
            continue
        data = record.data
        if record.instance:
            unpacking = zlib.decompressobj()
            try:
                data = unpacking.decompress(data[4:], max(left, 1))  # 0 would lift the limit
            except zlib.error:
                continue
            if unpacking.unconsumed_tail:
                raise LimitExceeded("Its objects unpack to too much.", limit="archive_mb")
            left -= len(data)
        children += ole.unwrap(f"object-{len(children) + 1}", data)
    return unique(children)


def _size(top: list[tuple[int, Record]]) -> dict[str, str]:
    """How large the slides are (MS-PPT 2.4.2)."""
    documents = [record for _, record in top if record.kind == _DOCUMENT]
    for atom in (atom for record in documents for atom in record.children):
        if atom.kind == _DOCUMENT_ATOM and len(atom.data) >= 8:
            width, height = struct.unpack_from("<ii", atom.data)
            return slide_size(width * MASTER_UNITS, height * MASTER_UNITS)
    return {}


def _slides(top: list[tuple[int, Record]], data: bytes) -> list[_Slide]:
    """Slides in their order: the document's list names them by persistent id."""
    places = persistent_objects(top, data)
    document = next((record for _, record in top if record.kind == _DOCUMENT), None)
    by_offset = dict(top)
    if document is None:
        raise DocumentMalformed("The presentation has no document record.")
    notes = {}
    for _, record in top:
        atom = next((c for c in record.children if c.kind == _NOTES_ATOM), None)
        if record.kind == _NOTES and atom is not None and len(atom.data) >= 4:
            notes[struct.unpack_from("<I", atom.data)[0]] = record
    slides: list[_Slide] = []
    for group in document.all(_SLIDE_LIST):
        if group.instance == 0:
            slides.extend(_listed(group, places, by_offset, notes))
    if not slides:  # the list is lost: take the slides in file order
        slides = [_Slide(record, []) for _, record in top if record.kind == _SLIDE]
    common = [c for c in document.children if (c.kind, c.instance) == (_MARGINS, _OF_SLIDES)]
    for slide in slides:
        own = [c for c in slide.record.children if c.kind == _MARGINS]
        slide.footer = _footer([*own, *common])
    return slides


def _footer(margins: list[Record]) -> str:
    """The footer in the first of the records, if that record shows one."""
    parts = margins[0].children if margins else []
    flags = next((part.data[2:4] for part in parts if part.kind == _MARGIN_FLAGS), b"")
    if not int.from_bytes(flags, "little") & _HAS_FOOTER:
        return ""
    texts = (part.data for part in parts if (part.kind, part.instance) == (_CSTRING, _FOOTER))
    return next(texts, b"").decode("utf-16-le", "replace")


def _listed(
    group: Record,
    places: dict[int, int],
    by_offset: dict[int, Record],
    notes: dict[int, Record],
) -> Iterator[_Slide]:
    current: _Slide | None = None
    kind = 4
    for record in group.children:
        if record.kind == _SLIDE_PERSIST and len(record.data) >= 16:
            if current is not None:
                yield current
            persistent, _, _, identity = struct.unpack_from("<IIII", record.data)
            slide = by_offset.get(places.get(persistent, -1), Record(_SLIDE, 0, b""))
            current = _Slide(slide, [], notes.get(identity))
        elif record.kind == TEXT_HEADER:
            kind = int.from_bytes(record.data[:4], "little")
        elif record.kind in (CHARS, BYTES) and current is not None:
            current.outline.append((kind, record_text(record)))
    if current is not None:
        yield current


def _add_slide(slide: _Slide, number: int, blocks: Blocks) -> None:
    atom = next((c for c in slide.record.children if c.kind == _SLIDE_FLAGS), None)
    flags = int.from_bytes(atom.data[10:12], "little") if atom is not None else 0
    hidden = "hidden slide" if flags & 4 else None
    used: set[int] = set()
    grids = [group for group in slide.record.all(GROUP) if is_table(group)]
    in_grids = {id(shape) for group in grids for shape in group.all(SHAPE)}
    shapes = list(slide_shapes(slide.record, slide.outline, used, in_grids))
    shapes += [(k, t, None) for n, (k, t) in enumerate(slide.outline) if n not in used]
    titles = [shape for shape in shapes if shape[0] in _TITLES]
    others = [(shape[2], shape) for shape in shapes if shape[0] not in _TITLES]
    leftwards = runs_leftwards(" ".join(text for _, text, _ in shapes))
    for kind, text, box in [*titles, *slide_order.ordered(others, leftwards=leftwards)]:
        for paragraph in text.split("\r"):
            element: ElementType = "NarrativeText"
            if kind in _TITLES:
                element = "Title"
            elif kind in _BODIES:
                element = "ListItem"
            level = 1 if element != "NarrativeText" else None
            blocks.add(element, paragraph, page=number, level=level, bbox=box, hidden=hidden)
    for group in grids:
        add_table(group, number, hidden, blocks)
    blocks.add("Footer", slide.footer, page=number, hidden=hidden)
    if slide.notes is not None:
        for kind, text, _ in slide_shapes(slide.notes, [], set(), set()):
            if kind == _NOTE_TEXT:
                note = text.replace("\r", "\n")
                blocks.add("Annotation", note, page=number, hidden=hidden)
    for comment in slide.record.all(_COMMENT):
        words = [
            record_text(Record(CHARS, 0, c.data)) for c in comment.children if c.kind == _CSTRING
        ]
        blocks.add("Annotation", ": ".join(words[:2]), page=number, hidden=hidden)
