"""Archives: members become children; links, bombs and bad names do no harm."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from doclake.errors import DocumentMalformed, LimitExceeded
from tests.extract.reading import read


def test_members_get_safe_unique_names(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("../../up.txt", "a/b.txt", "/etc/passwd"):
            archive.writestr(name, name)
    found = read(tmp_path, out.getvalue(), "a.zip")
    assert [child.name for child in found.children] == ["up.txt", "a/b.txt", "etc/passwd"]


def test_links_in_a_tar_are_passed_over(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        file = tarfile.TarInfo("ok.txt")
        file.size = 2
        archive.addfile(file, io.BytesIO(b"ok"))
    found = read(tmp_path, gzip.compress(out.getvalue()), "a.tar.gz")
    assert [(child.name, child.data) for child in found.children] == [("ok.txt", b"ok")]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(64 << 20))
    with pytest.raises(LimitExceeded):
        read(tmp_path, out.getvalue(), "a.zip")
    with pytest.raises(LimitExceeded):
        read(tmp_path, gzip.compress(bytes(64 << 20)), "a.gz")


@pytest.mark.parametrize("name", ["a.txt", "word/document.xml", "content.xml", "OEBPS/a.xhtml"])
@pytest.mark.parametrize("field", ["extract_version", "compress_type"])
def test_a_zip_of_an_unknown_kind_is_malformed_in_every_format(
    tmp_path: Path, name: str, field: str
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("META-INF/container.xml", "<a/>")
        archive.writestr(name, "<a>words</a>")
    data = bytearray(out.getvalue())
    place = 0
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        data[place + (6 if field == "extract_version" else 10)] = 99
        place += 1
    with pytest.raises(DocumentMalformed):
        read(tmp_path, bytes(data), "a.zip")
