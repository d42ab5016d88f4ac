"""The summary of OLE documents: titles in their code page, and counts that lie."""

from __future__ import annotations

import struct
import time
from pathlib import Path

from doclake.extract.containers import ole_summary
from tests.extract.reading import read

FIXTURES = Path(__file__).parents[1] / "fixtures"


def summary(page: int, title: bytes, kind: int = 30, count: int = 2) -> bytes:
    size = len(title) // (2 if kind == 31 else 1)
    values = struct.pack("<IHH", 2, page, 0) + struct.pack("<II", kind, size) + title
    table = struct.pack("<IIII", 1, 24, 2, 32)
    section = struct.pack("<II", 8 + len(table) + len(values), count) + table + values
    return bytes(28) + bytes(16) + struct.pack("<I", 48) + section


def test_titles_are_read_in_their_code_page() -> None:
    assert ole_summary.read(summary(949, "항구 소식\0".encode("cp949"))) == {2: "항구 소식"}
    assert ole_summary.read(summary(65001, "항구\0".encode())) == {2: "항구"}
    assert ole_summary.read(summary(1200, "항구\0".encode("utf-16-le"))) == {2: "항구"}
    assert ole_summary.read(summary(1252, "항구\0".encode("utf-16-le"), 31)) == {2: "항구"}


def test_a_summary_cut_anywhere_or_with_a_huge_count_is_read_as_far_as_it_goes() -> None:
    whole = summary(949, b"title\0", count=0x7FFFFFFF)
    assert ole_summary.read(whole)[2] == "title"
    for end in range(len(whole)):
        ole_summary.read(whole[:end])


def test_a_vector_without_end_in_the_summary_of_a_document_costs_nothing(tmp_path: Path) -> None:
    data = bytearray((FIXTURES / "text.doc").read_bytes())
    place = data.find(bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9"))  # its format identifier
    (offset,) = struct.unpack_from("<I", data, place + 16)
    section = place - 28 + offset
    (value,) = struct.unpack_from("<I", data, section + 12)  # of the first property
    struct.pack_into("<II", data, section + value, 0x1000, 0x7FFFFFFF)  # a vector of nothing
    started = time.process_time()
    assert read(tmp_path, bytes(data), "a.doc").elements
    assert time.process_time() - started < 5
