"""What a worker says of the elements of its document."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from doclake.extract import element_rows
from doclake.extract.element_rows import CONTENT, PARENT
from doclake.extract.guard import content
from doclake.extract.guard.left_files import Forged
from doclake.settings import Limits
from tests.extract.guard.forging import sound_table

LIMITS = Limits(output_mb=1)
BOX = {"page": 1, "x0": 0.0, "y0": 0.0, "x1": 1.0, "y1": 1.0}


def read(file: Path, table: pa.Table, **options: Any) -> pa.Table:
    """The table as the parent reads it, after it was written with options of Arrow's writer."""
    settings = pa.ipc.IpcWriteOptions(**options)
    with (
        pa.OSFile(str(file), "wb") as sink,
        pa.ipc.new_stream(sink, table.schema, options=settings) as writer,
    ):
        writer.write_table(table)
    return content.read(file, LIMITS)


def lying(name: str, value: Any) -> pa.Table:
    """Sound elements, but for one value of the second."""
    table = sound_table()
    values = table[name].to_pylist()
    values[1] = value
    at = CONTENT.names.index(name)
    return table.set_column(at, CONTENT.field(at), pa.array(values, CONTENT.field(at).type))


def test_sound_elements_are_read_as_they_were_written(tmp_path):
    table = read(tmp_path / "e", sound_table())
    content.check(table, 3)
    assert table.equals(sound_table())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("type", "Rumour"),
        ("type", None),
        ("text", None),
        ("text", ""),
        ("text", "a\x00b"),
        ("text", "a\x1b[2Jb"),
        ("text", "\u1112\u1161"),
        ("html", "\x00"),
        ("page", -5),
        ("page", 0),
        ("page", 4),
        (PARENT, -1),
        (PARENT, 1),
        (PARENT, 2),
        (PARENT, 99),
        ("level", 0),
        ("confidence", 1.5),
        ("confidence", -0.1),
        ("confidence", float("nan")),
        ("box", {"page": 1}),
        ("box", BOX | {"page": 2}),
        ("box", BOX | {"page": None}),
        ("box", BOX | {"y1": None}),
        ("box", BOX | {"x0": float("inf")}),
        ("section", None),
        ("section", [None]),
        ("section", ["x"] * 7),
        ("section", ["x" * 301]),
        ("links", None),
        ("links", [None]),
        ("links", ["\x1b"]),
        ("language", "klingon"),
        ("method", None),
        ("method", "x" * 201),
        ("hidden", "x" * 201),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_no_lie_about_an_element_is_taken(tmp_path, name, value):
    table = read(tmp_path / "e", lying(name, value))
    with pytest.raises(Forged):
        content.check(table, 3)


def test_without_pages_no_element_stands_on_one():
    with pytest.raises(Forged):
        content.check(sound_table(), None)


@pytest.mark.parametrize("compression", ["zstd", "lz4"])
def test_compressed_elements_are_refused(tmp_path, compression):
    with pytest.raises(Forged, match="compressed"):
        read(tmp_path / "e", sound_table(), compression=compression)


def test_another_schema_is_refused(tmp_path):
    encoded = sound_table()["type"].dictionary_encode()
    for other in (
        sound_table().drop_columns("links"),
        sound_table().set_column(0, "type", encoded),
    ):
        with pytest.raises(Forged, match="schema"):
            read(tmp_path / "e", other)


def test_rows_where_the_schema_belongs_are_refused(tmp_path):
    """Arrow takes them for a schema and crashes, and with it the parent."""
    read(tmp_path / "e", sound_table())
    data = (tmp_path / "e").read_bytes()
    (tmp_path / "e").write_bytes(data[len(CONTENT.serialize()) :])
    with pytest.raises(Forged, match="schema"):
        content.read(tmp_path / "e", LIMITS)


def test_more_elements_than_the_output_allows_are_refused(tmp_path):
    many = (1 << 20) // element_rows.SMALLEST // len(sound_table()) + 1
    with pytest.raises(Forged, match="too many"):
        read(tmp_path / "e", pa.concat_tables([sound_table()] * many).combine_chunks())


def test_columns_that_share_their_bytes_count_each(tmp_path):
    """So a file cannot hold a table that is many times larger than itself."""
    data = pa.py_buffer(b"a" * (2 << 20))
    offsets = pa.py_buffer((0).to_bytes(4, "little") + len(data).to_bytes(4, "little"))
    text = pa.StringArray.from_buffers(1, offsets, data)
    row = sound_table().slice(0, 1)
    for name in ("text", "html", "method"):
        row = row.set_column(CONTENT.names.index(name), CONTENT.field(name), text)
    with pytest.raises(Forged):
        read(tmp_path / "e", row)


@pytest.mark.parametrize("path", ["a link", "a fifo", "a folder", "endless"])
def test_what_is_no_file_of_a_worker_is_refused(tmp_path, path):
    file = tmp_path / "e"
    if path == "a link":
        element_rows.write_table(sound_table(), tmp_path / "real", 1 << 20)
        file.symlink_to(tmp_path / "real")
    elif path == "a fifo":
        os.mkfifo(file)
    elif path == "a folder":
        file.mkdir()
    else:
        file.touch()
        os.truncate(file, 1 << 40)
    with pytest.raises((Forged, OSError)):
        content.read(file, LIMITS)


_BOMB = """
import sys
import pyarrow as pa
from doclake.extract.element_rows import CONTENT
piece = pa.array(["a" * (1 << 28)])
columns = [piece if f.name in ("text", "html", "method", "hidden") else
           pa.array([[]] if f.name in ("section", "links") else [None], f.type) for f in CONTENT]
batch = pa.RecordBatch.from_arrays(columns, schema=CONTENT)
options = pa.ipc.IpcWriteOptions(compression="zstd")
with pa.OSFile(sys.argv[1], "wb") as sink, pa.ipc.new_stream(sink, CONTENT, options=options) as out:
    for _ in range(3):
        out.write_batch(batch)
"""
_READ = """
import resource, sys
from pathlib import Path
from doclake.extract.guard import content
from doclake.settings import Limits
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
try:
    content.read(Path(sys.argv[1]), Limits())
except ValueError as refused:
    print(peak() - before, refused)
"""


def test_some_kilobytes_that_unpack_to_gigabytes_cost_the_parent_nothing(tmp_path):
    bomb = tmp_path / "e"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", _BOMB, str(bomb)], env=environment, check=True)
    assert bomb.stat().st_size < 1 << 20
    run = [sys.executable, "-c", _READ, str(bomb)]
    said = subprocess.run(run, env=environment, check=True, capture_output=True, text=True).stdout
    grown, refused = said.split(" ", 1)
    assert "compressed" in refused
    assert int(grown) < 32 << 10  # KB; unpacked it is 3 GB
