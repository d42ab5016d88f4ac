"""The summary of an OLE document (MS-OLEPS): its title, author, dates and so on.

olefile reads it too, but trusts the length of every vector in it: one flipped bit costs gigabytes
and minutes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from doclake.extract.text import charset
from doclake.extract.text.cleaning import clean
from doclake.extract.text.code_pages import codec_of_page
from doclake.extract.text.dates import from_file_time

TITLE = 2
NAMES = {
    TITLE: "title",
    3: "subject",
    4: "author",
    5: "keywords",
    6: "description",
    8: "last_author",
    11: "printed",
    12: "created",
    13: "modified",
    18: "application",
}
_CODE_PAGE = 1
_SHORT, _STRING, _WIDE_STRING, _FILE_TIME = 2, 30, 31, 64
_UTF_16 = 1200
_FIRST_SECTION, _MAX_PROPERTIES = 44, 200


def read(data: bytes) -> dict[int, str]:
    """The readable texts and dates of a summary stream, by property number."""
    values: dict[int, str] = {}
    codec: str | None = None
    for key, kind, value in _properties(data):
        if key == _CODE_PAGE and kind == _SHORT:
            page = int.from_bytes(value[:2], "little")
            codec = "utf-16-le" if page == _UTF_16 else codec_of_page(page)
        elif kind in (_STRING, _WIDE_STRING):
            size = int.from_bytes(value[:4], "little")
            text = _decoded(value[4:], size, codec, wide=kind == _WIDE_STRING)
            if text:
                values[key] = text
        elif kind == _FILE_TIME and (date := from_file_time(int.from_bytes(value[:8], "little"))):
            values[key] = date
    return values


def by_name(data: bytes) -> dict[str, str]:
    """Like `read`, but by the names in `NAMES` and without other properties."""
    values = read(data)
    return {name: values[key] for key, name in NAMES.items() if key in values}


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(number, type, all bytes from its value on) of each property of the first section. The code
    page comes first."""
    try:
        (section,) = struct.unpack_from("<I", data, _FIRST_SECTION)
        _, count = struct.unpack_from("<II", data, section)
        places = [
            struct.unpack_from("<II", data, section + 8 + number * 8)
            for number in range(min(count, _MAX_PROPERTIES))
            if section + 16 + number * 8 <= len(data)
        ]
    except struct.error:
        return
    for key, offset in sorted(places):
        start = section + offset
        if start + 4 <= len(data):
            yield key, int.from_bytes(data[start : start + 2], "little"), data[start + 4 :]


def _decoded(value: bytes, size: int, codec: str | None, *, wide: bool) -> str:
    if wide:
        text = value[: size * 2].decode("utf-16-le", "replace")
    elif codec == "utf-16-le":
        text = value[:size].decode(codec, "replace")
    else:
        text = charset.decode(value[:size].split(b"\0")[0], declared=codec)[0]
    return clean(text.split("\0")[0], lines=False)
