"""Streams of a PDF that unpack to more than they may, found before a library opens the file."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from doclake.errors import LimitExceeded
from doclake.extract.formats.pdf.stream_limits import check_streams
from doclake.settings import Limits

BLANKS = b" " * (80 << 20)


def pdf(folder: Path, packed: bytes, filters: bytes, more: bytes = b"") -> Path:
    head = b"%PDF-1.7\n4 0 obj\n<</Filter" + filters + more
    file = folder / "document"
    file.write_bytes(head + b">>\nstream\n" + packed + b"\nendstream\nendobj\n")
    return file


@pytest.mark.parametrize(
    ("layers", "filters"),
    [(1, b"/FlateDecode"), (1, b"/Fl"), (2, b"[/FlateDecode/FlateDecode]"), (3, b"[/Fl/Fl/Fl]")],
)
def test_a_stream_of_blanks_is_refused_however_often_it_is_packed(tmp_path, layers, filters):
    packed = BLANKS
    for _ in range(layers):
        packed = zlib.compress(packed, 9)
    with pytest.raises(LimitExceeded) as caught:
        check_streams(pdf(tmp_path, packed, filters), Limits())
    assert caught.value.facts["limit"] == "archive_ratio"


def test_an_end_that_is_missing_does_not_hide_a_stream(tmp_path):
    file = pdf(tmp_path, zlib.compress(BLANKS, 9), b"/FlateDecode")
    file.write_bytes(file.read_bytes().split(b"\nendstream")[0])
    with pytest.raises(LimitExceeded):
        check_streams(file, Limits())


@pytest.mark.parametrize(
    ("packed", "filters", "more"),
    [
        (zlib.compress(b"BT (Text) Tj ET"), b"/FlateDecode", b""),
        (zlib.compress(zlib.compress(b"BT (Text) Tj ET")), b"[/Fl/Fl]", b""),
        (zlib.compress(BLANKS, 9), b"/FlateDecode", b"/Subtype/Image"),
        (b"\xff" * 200_000, b"/FlateDecode", b""),
        (zlib.compress(b" " * (30 << 20), 9), b"/FlateDecode", b""),
    ],
    ids=["small", "packed twice", "picture", "broken", "30 MB"],
)
def test_what_is_small_or_large_for_a_reason_passes(tmp_path, packed, filters, more):
    check_streams(pdf(tmp_path, packed, filters, more), Limits())


def test_a_higher_ratio_lets_a_stream_pass(tmp_path):
    file = pdf(tmp_path, zlib.compress(BLANKS, 9), b"/FlateDecode")
    check_streams(file, Limits(archive_ratio=2000))
