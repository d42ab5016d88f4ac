"""Files in the objects of DOC, PPT, XLS and RTF; footers of slides."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from doclake.errors import LimitExceeded
from doclake.extract.containers import ole
from doclake.extract.formats.legacy_office.ppt import Ppt
from doclake.extract.model import Options
from doclake.settings import ExtractRecipe, Limits
from tests.extract import compound
from tests.extract.reading import read


def native(name: str, data: bytes) -> bytes:
    """An OLE 1.0 package (MS-OLEDS 2.3.6)."""
    label = name.encode("cp949") + b"\0"
    inner = struct.pack("<H", 2) + label + label + struct.pack("<II", 3, 1) + b"\0"
    inner += struct.pack("<I", len(data)) + data
    return struct.pack("<I", len(inner)) + inner


def test_objects_in_storages_give_their_files() -> None:
    pool: compound.Tree = {
        "_1": {"\x01Ole10Native": native("보고서.txt", b"one")},
        "_2": {"Package": b"PK two", "\x01CompObj": b"x"},
        "_3": {"WordDocument": b"spread over streams"},
    }
    with ole.open_file(compound.write({"WordDocument": b"w", "ObjectPool": pool})) as container:
        children = ole.embedded(container)
    assert [(child.name, child.data) for child in children] == [
        ("보고서.txt", b"one"),
        ("object-2", b"PK two"),
    ]


def record(kind: int, data: bytes, instance: int = 0, version: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4 | version, kind, len(data)) + data


def deck(*objects: bytes) -> bytes:
    records = record(1000, b"", version=15) + b"".join(objects)
    return compound.write({"PowerPoint Document": records, "Current User": b"u"})


def test_objects_of_slides_give_their_files_compressed_or_not(tmp_path: Path) -> None:
    one = compound.write({"Package": b"PK one"})
    packed = struct.pack("<I", len(one)) + zlib.compress(one)
    two = compound.write({"Workbook": b"a workbook"})
    data = deck(record(4113, packed, 1), record(4113, two), record(4113, b"\0\0\0\0bad", 1))
    found = read(tmp_path, data, "a.ppt")
    assert [(child.name, child.data) for child in found.children] == [
        ("object-1", b"PK one"),
        ("object-2", two),
    ]


def test_an_object_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    bomb = struct.pack("<I", 9) + zlib.compress(bytes(3 << 20), 9)
    file = tmp_path / "a.ppt"
    file.write_bytes(deck(record(4113, bomb, 1)))
    options = Options(ExtractRecipe(), Limits(archive_mb=1), "application/vnd.ms-powerpoint", "a")
    with pytest.raises(LimitExceeded):
        Ppt().extract(file, options)


def test_the_footer_of_a_slide_is_its_own_or_that_of_all(tmp_path: Path) -> None:
    def margins(text: str, flags: int, instance: int = 0) -> bytes:
        said = record(4026, text.encode("utf-16-le"), 2)
        return record(4057, record(4058, struct.pack("<HH", 0, flags)) + said, instance, 15)

    document = record(1000, margins("대외비", 0x20, 3), version=15)
    own = record(1006, margins("only here", 0x20), version=15)
    off = record(1006, margins("not shown", 0), version=15)
    plain = record(1006, record(1017, bytes(24)), version=15)
    slides = document + own + off + plain
    data = compound.write({"PowerPoint Document": slides, "Current User": b"u"})
    found = read(tmp_path, data, "a.ppt")
    assert [(e.type, e.page, e.text) for e in found.elements] == [
        ("Footer", 1, "only here"),
        ("Footer", 3, "대외비"),
    ]


def rtf_object(native_data: bytes, kind: int = 2) -> bytes:
    name = b"Package\0"
    head = struct.pack("<III", 0x501, kind, len(name)) + name + struct.pack("<II", 0, 0)
    digits = (head + struct.pack("<I", len(native_data)) + native_data).hex()
    lines = "\n".join(digits[place : place + 64] for place in range(0, len(digits), 64))
    return rb"{\object\objemb{\*\objclass Package}{\*\objdata " + lines.encode() + b"}}"


def test_objects_of_an_rtf_give_their_files(tmp_path: Path) -> None:
    one = rtf_object(native("보고서.txt", b"one")[4:])
    two = rtf_object(compound.write({"Package": b"PK two"}))
    rest = rtf_object(b"linked", kind=1) + rb"{\*\objdata 0105000002}{\*\objdata 123}"
    text = rb"{\rtf1\ansi words\par " + one + two + rest + b"}"
    found = read(tmp_path, text, "a.rtf")
    assert [element.text for element in found.elements] == ["words"]
    assert [(child.name, child.data) for child in found.children] == [
        ("보고서.txt", b"one"),
        ("object-2", b"PK two"),
    ]
