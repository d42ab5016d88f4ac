"""Refuses bombs: checks how far the streams of a PDF unpack, before a PDF library opens it.

Deflate gains at most 1,032 to 1 (https://zlib.net/zlib_tech.html), so a stream must be large, or
packed more than once, to be a bomb. Only such streams are unpacked here, in pieces that are thrown
away. Pictures and fonts are left out: they are large for a reason, and reading text unpacks no
pictures. The memory and time limits of the worker catch the rest.
"""

from __future__ import annotations

import mmap
import re
import zlib
from collections.abc import Iterator
from itertools import chain, pairwise
from pathlib import Path

from doclake.errors import LimitExceeded
from doclake.settings import Limits

_MOST_GAIN = 1032
_RATIO_MATTERS = 64 << 20  # bytes; below this any ratio is allowed
_PIECE = 1 << 20
_DICTIONARY = 2048  # bytes to search for filters before the keyword `stream`
_STREAM = re.compile(rb"stream\r?\n")  # a look-behind costs ten times as much
_FLATE = re.compile(rb"/(?:FlateDecode|Fl)(?![A-Za-z])")
_LARGE_FOR_A_REASON = re.compile(rb"/Subtype\s*/Image|/Length1\b|/FontFile")


def check_streams(file: Path, limits: Limits) -> None:
    """Raises `LimitExceeded` for a stream that unpacks to more than `archive_ratio` times its size
    and to more than 64 MB."""
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for begin, end, layers in _suspects(data):
            most = max(_RATIO_MATTERS, (end - begin) * limits.archive_ratio)
            if _unpacks_beyond(data[begin:end], layers, most):
                raise LimitExceeded(
                    f"A stream of {end - begin} bytes unpacks to more than {most >> 20} MB.",
                    limit="archive_ratio",
                    size=end - begin,
                )


def _suspects(data: mmap.mmap) -> Iterator[tuple[int, int, int]]:
    """Begin, end and number of layers of each stream that could be a bomb."""
    for match, after in pairwise(chain(_STREAM.finditer(data), [None])):
        assert match is not None
        start = match.start()
        if _is_end(data, start):
            continue
        furthest = max(0, start - _DICTIONARY)
        dictionary = data[max(furthest, data.rfind(b"obj", furthest, start) + 3) : start]
        layers = len(_FLATE.findall(dictionary))
        if not layers:
            continue
        begin, most = match.end(), _RATIO_MATTERS // _MOST_GAIN**layers
        if after is not None and after.start() - 3 - begin <= most and _is_end(data, after.start()):
            continue
        end = data.find(b"endstream", begin)
        end = len(data) if end < 0 else end
        if end - begin > most and not _LARGE_FOR_A_REASON.search(dictionary):
            yield begin, end, layers


def _is_end(data: mmap.mmap, at: int) -> bool:
    """Whether the keyword `stream` at this place is part of `endstream`."""
    return data[max(0, at - 3) : at] == b"end"


def _unpacks_beyond(packed: bytes, layers: int, most: int) -> bool:
    pieces: Iterator[bytes] = iter([packed])
    for _ in range(layers):
        pieces = _inflated(pieces)
    total = 0
    try:
        for piece in pieces:
            total += len(piece)
            if total > most:
                return True
    except zlib.error:  # another filter or damage: the reader takes what comes before it
        return False
    return False


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    stream = zlib.decompressobj()
    for piece in pieces:
        left = piece
        while left and not stream.eof:
            yield stream.decompress(left, _PIECE)
            left = stream.unconsumed_tail
