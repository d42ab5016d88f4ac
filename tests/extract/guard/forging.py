"""Forges what a worker leaves: a sound result, then one lie about its header, its elements or its
folder, drawn by a seeded generator."""

from __future__ import annotations

import json
import os
import random
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from doclake.extract import element_rows
from doclake.extract.element_rows import CONTENT
from doclake.extract.guard.protocol import CHILDREN, ELEMENTS, RESULT, WORK
from doclake.extract.model import Element, Extraction

Header = dict[str, Any]
DEEP: list[Any] = []
for _ in range(300):
    DEEP = [DEEP]
ODD = (
    *(None, True, -1, 0, 1, 2**31, 2**63, 10**30, 1.5, 1e308, float("nan"), float("inf")),
    *("", "x", "x" * 20_000, "\ud800", "a\udfffb", "\x00", "\x1b[2J", "한", "\u1112\u1161"),
    *([], {}, [[]], ["x"], {"x": 1}, [None], [-1.0] * 4, DEEP),
    *("text/plain", "test/unknown", "internal_error", "../..", "unittest.__main__"),
)


def sound_table(documents: int = 1) -> pa.Table:
    elements = [
        Element("Title", "Harbour", "test", page=1, level=1, bbox=(1, 2, 3, 4)),
        Element(
            "NarrativeText", "It closes at noon. 정오에 닫는다.", "test", page=1, confidence=0.5
        ),
        Element("Table", "a\tb", "test", html="<table></table>", page=2, parent=0),
        Element("ListItem", "one", "test", page=2, level=1, links=("https://example.org",)),
        Element("Image", "", "test", page=3),
        Element("Other", "seen by nobody", "test", page=3, hidden="white text"),
    ]
    return pa.concat_tables([element_rows.rows(Extraction(elements), 1 << 20)] * documents)


def sound_header() -> Header:
    inner = {"children": ["inner.txt", "d/other.txt"], "modules": ["lxml.etree"]}
    return _sound_facts() | inner


def sound_batch(documents: int) -> Header:
    member = _sound_facts() | {"rows": sound_table().num_rows, "seconds": 0.1}
    return {"batch": [member] * documents, "modules": ["lxml.etree"]}


def _sound_facts() -> Header:
    facts = {"media_type": "text/plain", "title": "Harbour", "pages": 3, "pages_with_text": 3}
    return facts | {"letters": 9, "metadata": [["author", "Ada", None], ["ocr", "yes", 2]]}


def leave(folder: Path, header: Header, table: pa.Table) -> None:
    """Write a result as a sound worker does."""
    work = folder / WORK
    (work / RESULT).write_text(json.dumps(header), "utf-8")
    element_rows.write_table(table, work / ELEMENTS, 1 << 20)
    (work / CHILDREN).mkdir()
    for number in range(2):
        (work / CHILDREN / str(number)).write_bytes(b"inner %d" % number)


class Forger:
    """`forge` tells one lie about the result in a folder and names its kind."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._kinds: list[Callable[[Path], None]] = [
            *(self._value, self._value, self._key, self._raw_header),
            *(self._cell, self._cell, self._flipped, self._flipped, self._overwritten),
            *(self._cut, self._compressed, self._other_schema, self._other_file, self._pieces),
            *(self._missing, self._no_file, self._no_child, self._litter, self._endless),
        ]

    def forge(self, folder: Path) -> str:
        kind = self.random.choice(self._kinds)
        kind(folder / WORK)
        return kind.__name__

    # The header

    def _value(self, work: Path) -> None:
        header = json.loads((work / RESULT).read_text("utf-8"))
        place: Any = header
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = self.random.choice(keys)
            inside = place[key]
            if not (isinstance(inside, dict | list) and inside) or self.random.random() < 0.3:
                break
            place = inside
        place[key] = self.random.choice(ODD)
        (work / RESULT).write_text(json.dumps(header), "utf-8")

    def _key(self, work: Path) -> None:
        header = json.loads((work / RESULT).read_text("utf-8"))
        error = {"code": "malformed", "message": "m", "mend": "", "facts": {}}
        error[self.random.choice(list(error))] = self.random.choice(ODD)
        lies: list[Header] = [
            {"scanned_pages": self.random.choice(ODD)},
            {"error": error},
            {"error": error | {"facts": {self.random.choice(["self", "mend", "a"]): 1}}},
            {str(self.random.choice(ODD))[:50]: self.random.choice(ODD)},
        ]
        if self.random.random() < 0.3:
            del header[self.random.choice(list(header))]
        else:
            header |= self.random.choice(lies)
        if self.random.random() < 0.3:
            header = {key: header[key] for key in header if key in ("media_type", "modules")} | (
                self.random.choice(lies)
            )
        (work / RESULT).write_text(json.dumps(header), "utf-8")

    def _raw_header(self, work: Path) -> None:
        said = (work / RESULT).read_bytes()
        at = self.random.randrange(len(said))
        lies = [
            b"[" * 200_000,
            b'{"x":' * 50_000,
            b'{"x":[' + b"[]," * 500_000 + b"[]]}",
            b"9" * 5_000,
            b'"' + b"\\u0041" * 100_000,
            b"",
            b"null",
            b"\xef\xbb\xbf" + said,
            said[:at],
            said + b"}",
            said[:at] + bytes([self.random.randrange(256)]) + said[at + 1 :],
            self.random.randbytes(200),
            said.replace(b"Harbour", b"\xff\xfe"),
            said.replace(b"Harbour", b"\\udc80"),
        ]
        (work / RESULT).write_bytes(self.random.choice(lies))

    # The elements

    def _cell(self, work: Path) -> None:
        name = self.random.choice(CONTENT.names)
        values = _table(work).column(name).to_pylist()
        values[self.random.randrange(len(values))] = self.random.choice(
            [
                *(None, "", "x" * 5_000, "\x00", "\x1b[2J", "\u1112\u1161", "Rumour", "zz99"),
                *(-5, 0, 1, 4, 7, 99, -(2**31), 2**31 - 1, float("nan"), float("inf"), -0.1, 1.1),
                *(
                    [1.0],
                    [1.0] * 5,
                    [float("nan")] * 4,
                    [None] * 4,
                    ["x"] * 50,
                    ["y" * 999],
                    [None],
                ),
            ]
        )
        try:
            column = pa.array(values, CONTENT.field(name).type)
        except (pa.ArrowException, TypeError, ValueError):
            return self._cell(work)
        at = CONTENT.names.index(name)
        return _write(work, _table(work).set_column(at, CONTENT.field(at), column))

    def _flipped(self, work: Path) -> None:
        data = bytearray((work / ELEMENTS).read_bytes())
        for _ in range(self.random.choice([1, 1, 2, 5, 50])):
            data[self.random.randrange(len(data))] ^= 1 << self.random.randrange(8)
        (work / ELEMENTS).write_bytes(data)

    def _overwritten(self, work: Path) -> None:
        """A length or an offset becomes an odd one."""
        data = bytearray((work / ELEMENTS).read_bytes())
        width = self.random.choice([4, 8])
        at = self.random.randrange(len(data) // width - 1) * width
        odd = self.random.choice([0, 1, 2 ** (8 * width) - 1, 2 ** (8 * width - 1) - 1, 1 << 30])
        data[at : at + width] = odd.to_bytes(width, "little")
        (work / ELEMENTS).write_bytes(data)

    def _cut(self, work: Path) -> None:
        data = (work / ELEMENTS).read_bytes()
        (work / ELEMENTS).write_bytes(data[: self.random.randrange(len(data))])

    def _compressed(self, work: Path) -> None:
        table = _table(work)
        text = pa.array(["a" * 100_000] * len(table), pa.string())
        table = table.set_column(CONTENT.names.index("text"), CONTENT.field("text"), text)
        _write(work, table, compression=self.random.choice(["zstd", "lz4"]))

    def _other_schema(self, work: Path) -> None:
        table = _table(work)
        at = self.random.randrange(len(CONTENT))
        other = self.random.choice(
            [
                table.drop_columns(CONTENT.names[at]),
                table.append_column("more", pa.array(range(len(table)))),
                table.rename_columns([f"{name}_" for name in CONTENT.names]),
                table.set_column(1, "text", table["text"].cast(pa.large_string())),
                table.set_column(0, "type", table["type"].dictionary_encode()),
                table.set_column(0, "type", pa.nulls(len(table))),
                table.select(CONTENT.names[::-1]),
                pa.table({"x": [1]}),
            ]
        )
        _write(work, other, schema=other.schema)

    def _other_file(self, work: Path) -> None:
        with pa.OSFile(str(work / "as_file"), "wb") as sink, pa.ipc.new_file(sink, CONTENT) as file:
            file.write_table(_table(work))
        lies = [
            (work / "as_file").read_bytes(),
            b"",
            b"ARROW1",
            self.random.randbytes(1_000),
            (work / ELEMENTS).read_bytes() * 2,
            (work / ELEMENTS).read_bytes()[len(CONTENT.serialize()) :],
            (work / ELEMENTS).read_bytes() + self.random.randbytes(100),
        ]
        (work / ELEMENTS).write_bytes(self.random.choice(lies))

    def _pieces(self, work: Path) -> None:
        table = _table(work)
        tables = [table.slice(0, 0), pa.concat_tables([table] * 2), pa.concat_tables([table] * 100)]
        _write(work, self.random.choice(tables), max_chunksize=self.random.choice([1, 3, None]))

    # The folder

    def _missing(self, work: Path) -> None:
        (work / self.random.choice([RESULT, ELEMENTS, f"{CHILDREN}/0"])).unlink()

    def _no_file(self, work: Path) -> None:
        path = work / self.random.choice([RESULT, ELEMENTS, f"{CHILDREN}/1"])
        path.unlink()
        self._odd_entry(path)

    def _no_child(self, work: Path) -> None:
        (work / CHILDREN).rename(work / "elsewhere")
        self._odd_entry(work / CHILDREN)

    def _litter(self, work: Path) -> None:
        place = os.open(work, os.O_RDONLY)
        for _ in range(self.random.choice([1, 20, 300])):
            os.symlink("/etc", "far", dir_fd=place)
            os.mkdir(b"\xff d", dir_fd=place)
            inside = os.open(b"\xff d", os.O_RDONLY, dir_fd=place)
            os.close(place)
            place = inside
        os.close(place)

    def _endless(self, work: Path) -> None:
        os.truncate(work / self.random.choice([RESULT, ELEMENTS, f"{CHILDREN}/0"]), 1 << 40)

    def _odd_entry(self, path: Path) -> None:
        kind = self.random.choice(["link", "loop", "fifo", "folder", "socket", "hard link"])
        if kind == "link":
            path.symlink_to("/etc/passwd")
        elif kind == "loop":
            path.symlink_to(path)
        elif kind == "fifo":
            os.mkfifo(path)
        elif kind == "folder":
            path.mkdir()
        elif kind == "hard link":
            path.with_name("other").write_bytes(b"x")
            path.hardlink_to(path.with_name("other"))
        else:
            with socket.socket(socket.AF_UNIX) as listener:
                short = Path(tempfile.mkdtemp())  # the address of a socket has 108 bytes
                listener.bind(str(short / "s"))
            (short / "s").rename(path)
            short.rmdir()


def _table(work: Path) -> pa.Table:
    with (work / ELEMENTS).open("rb") as stream:
        return pa.ipc.open_stream(stream).read_all()


def _write(
    work: Path,
    table: pa.Table,
    *,
    schema: pa.Schema = CONTENT,
    compression: str | None = None,
    max_chunksize: int | None = None,
) -> None:
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with (
        pa.OSFile(str(work / ELEMENTS), "wb") as sink,
        pa.ipc.new_stream(sink, schema, options=options) as writer,
    ):
        writer.write_table(table, max_chunksize=max_chunksize)
