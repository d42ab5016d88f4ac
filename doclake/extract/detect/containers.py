"""The format inside a ZIP package or an OLE file, by its members or streams."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from doclake.errors import UnsupportedFormat
from doclake.extract import registry
from doclake.extract.containers.zip_package import BROKEN_ZIP

_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
_DECLARED = {word: kind.name for _, kind in registry.kinds() for word in kind.declared}
_STREAMS = [(name, kind.name) for _, kind in registry.kinds() for name in kind.streams]


def zip_type(file: Path, head: bytes) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            declared = _declared(archive, names)
    except (*BROKEN_ZIP, RuntimeError):  # RuntimeError: zipfile asks for a password
        # In a truncated file the local headers still show the format; its reader will refuse it.
        names = [name.decode("utf-8", "replace") for name in _local_names(head)]
        mimetype = re.search(rb"mimetype(application/[\w.+-]+?)(?=PK)", head[:512])
        declared = mimetype[1].decode() if mimetype else ""
    if declared in _DECLARED:
        return _DECLARED[declared]
    return _by_members({name.replace("\\", "/").lower().lstrip("/") for name in names})


def _local_names(head: bytes) -> list[bytes]:
    names = []
    for match in re.finditer(rb"PK\x03\x04.{22}(..)..", head, re.DOTALL):
        length = int.from_bytes(match[1], "little")
        names.append(head[match.end() : match.end() + length])
    return names


def _declared(archive: zipfile.ZipFile, names: list[str]) -> str:
    if "mimetype" not in names or archive.getinfo("mimetype").file_size > 200:
        return ""
    with archive.open("mimetype") as stream:
        return stream.read(200).decode("ascii", "replace").strip()


def _by_members(names: set[str]) -> str:
    def any_like(pattern: str) -> bool:
        return any(re.fullmatch(pattern, name) for name in names)

    if any_like(r"word/document\d*\.xml"):
        return f"{_OOXML}.wordprocessingml.document"
    if any_like(r"xl/workbook\d*\.xml"):
        return f"{_OOXML}.spreadsheetml.sheet"
    if "xl/workbook.bin" in names:
        return "application/vnd.ms-excel.sheet.binary.macroenabled.12"
    if any_like(r"ppt/presentation\d*\.xml"):
        return f"{_OOXML}.presentationml.presentation"
    if any_like(r"contents/section\d+\.xml") or "contents/content.hpf" in names:
        return "application/hwp+zip"
    if "meta-inf/container.xml" in names and not any_like(r".*\.class"):
        return "application/epub+zip"
    if "content.xml" in names and ("styles.xml" in names or "meta-inf/manifest.xml" in names):
        return f"{_ODF}.text"
    if "[content_types].xml" in names:
        return _by_folder(names)
    return "application/zip"


def _by_folder(names: set[str]) -> str:
    """OOXML with its main part missing or under an odd name: its folder shows the format."""
    for folder, kind in (
        ("word/", "wordprocessingml.document"),
        ("xl/", "spreadsheetml.sheet"),
        ("ppt/", "presentationml.presentation"),
    ):
        if any(name.startswith(folder) for name in names):
            return f"{_OOXML}.{kind}"
    return "application/zip"


def ole_type(file: Path) -> str:
    """The format by the streams at the root; those of embedded documents lie deeper."""
    import olefile

    try:
        with olefile.OleFileIO(str(file)) as ole:
            names = {entry[0] for entry in ole.listdir(storages=True)}
            names |= {name.lstrip("\5") for name in names}
    except Exception:  # olefile raises all kinds for a broken directory; see `damaged`
        names = set()
    damaged = not names & {name for name, _ in _STREAMS}
    if damaged:
        data = file.read_bytes()
        names = {n for n, _ in _STREAMS if n.encode("utf-16-le") + b"\0\0" in data}
    kinds = [kind for stream, kind in _STREAMS if stream in names]
    if damaged and len(kinds) > 1:  # the name may stand anywhere in the bytes
        kinds = [kind for kind in kinds if kind != "application/x-encrypted-office"]
    if kinds:
        return kinds[0]
    raise UnsupportedFormat(
        "No extractor reads it: it looks like an OLE container of an unknown program."
    )
