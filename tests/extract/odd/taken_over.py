"""Parsers whose document has taken them over: they lie about it. Its words say how."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from doclake.extract import element_rows
from doclake.extract.guard import protocol
from doclake.extract.model import Child, Element, Extraction, NeedsTime, Options, Reader

_write_bytes = Path.write_bytes


def media_type(file: Path, name: str) -> str:
    return "text/plain" if name.endswith(".txt") else "text/html"


def load(media_type: str, engine: str) -> Reader:
    return TakenOver()


class TakenOver:
    def extract(self, file: Path, options: Options) -> Extraction:
        order, _, rest = file.read_text("utf-8").partition(" ")
        return _ORDERS[order](rest, options)


def _sound(text: str = "", _: Options | None = None) -> Extraction:
    return Extraction([Element("NarrativeText", text or "sound", "test")])


def _says(rest: str, _: Options) -> Extraction:
    """Its header is this, but for what it says of itself otherwise."""

    def forged(path: Path, data: bytes) -> int:
        if path.name == protocol.RESULT:
            data = rest.encode() if rest.startswith("[") else _changed(data, json.loads(rest))
        return _write_bytes(path, data)

    Path.write_bytes = forged  # type: ignore[method-assign]
    return _sound()


def _changed(data: bytes, changes: dict[str, Any]) -> bytes:
    header = json.loads(data)
    for facts in header.get("batch") or [header]:
        facts |= changes
    return json.dumps(header).encode()


def _rows(rest: str, _: Options) -> Extraction:
    """Every element has this value in this column."""
    name, _, value = rest.partition(" ")
    honest = element_rows.columns

    def forged(*arguments: Any, **named: Any) -> element_rows.Columns:
        columns = honest(*arguments, **named)
        return columns | {name: [json.loads(value)] * len(columns["text"])}

    element_rows.columns = forged
    return _sound()


def _compressed(rest: str, _: Options) -> Extraction:
    def forged(table: pa.Table, path: Path, _: int) -> None:
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with (
            pa.OSFile(str(path), "wb") as sink,
            pa.ipc.new_stream(sink, table.schema, options=options) as writer,
        ):
            writer.write_table(table)

    element_rows.write_table = forged
    return _sound("a" * 1_000)


def _endless(rest: str, _: Options) -> Extraction:
    """A file of a terabyte, or as large as its limits allow, that holds nothing."""

    def forged(table: pa.Table, path: Path, _: int) -> None:
        with path.open("wb") as file:
            file.truncate(1 << 30)

    element_rows.write_table = forged
    return _sound()


def _nested(rest: str, _: Options) -> Extraction:
    here = Path.cwd()
    for _ in range(int(rest)):
        os.mkdir("d")  # noqa: PTH102 - deeper than any path can name
        os.chdir("d")
    os.chdir(here)
    return _sound()


def _names(rest: str, _: Options) -> Extraction:
    """An inner document whose bytes are a link, and one that is a pipe."""
    children = Path(protocol.CHILDREN)
    children.mkdir()
    with contextlib.suppress(OSError):  # some machines let it make neither
        (children / "0").symlink_to("/etc/passwd")
        os.mkfifo(children / "1")
    return _says(json.dumps({"children": ["0", "1"]}), _)


def _imported(rest: str, _: Options) -> Extraction:
    sys.modules[rest] = sys
    return _sound()


def _scanned(rest: str, _: Options) -> Extraction:
    raise NeedsTime(int(rest))


def _log(rest: str, _: Options) -> Extraction:
    os.ftruncate(1, 1 << 30)  # what it prints goes there
    os._exit(3)


_ORDERS: dict[str, Callable[[str, Options], Extraction]] = {
    "sound": _sound,
    "says": _says,
    "rows": _rows,
    "compressed": _compressed,
    "endless": _endless,
    "nested": _nested,
    "names": _names,
    "imported": _imported,
    "scanned": _scanned,
    "log": _log,
    "signal": lambda rest, _: os.kill(os.getpid(), int(rest)) or _sound(),
    "children": lambda rest, _: Extraction(
        children=[Child(each, f"sound {each}".encode()) for each in rest.split(";")]
    ),
}
