"""What is refused before a parser opens it."""

from __future__ import annotations

import struct
import time
import zipfile
from pathlib import Path

import pytest

from doclake.errors import DocumentEmpty, DocumentMalformed, LimitExceeded
from doclake.extract import limits
from doclake.extract.containers import zip_checks
from doclake.settings import Limits


def packed(file: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as container:
        for name, data in members.items():
            container.writestr(name, data)
    return file


def test_files_without_bytes_and_files_too_large_are_refused():
    with pytest.raises(DocumentEmpty):
        limits.check_size(0, Limits())
    with pytest.raises(LimitExceeded) as caught:
        limits.check_size(2 << 20, Limits(file_mb=1))
    assert caught.value.facts == {"limit": "file_mb", "size": 2 << 20}
    limits.check_size(1 << 20, Limits(file_mb=1))


def test_members_of_a_sound_container_are_listed_without_folders(tmp_path):
    file = packed(tmp_path / "a.zip", {"a/": b"", "a/b.txt": b"x", "c.txt": b"y"})
    assert [m.filename for m in zip_checks.check_zip(file, Limits())] == ["a/b.txt", "c.txt"]


def test_too_many_entries_are_refused_before_the_directory_is_parsed(tmp_path):
    file = packed(tmp_path / "a.zip", {str(i): b"" for i in range(12)})
    with pytest.raises(LimitExceeded) as caught:
        zip_checks.check_zip(file, Limits(archive_entries=11))
    assert caught.value.facts["entries"] == 12
    damaged = file.read_bytes().replace(b"PK\x01\x02", b"XXXX")
    file.write_bytes(damaged)
    with pytest.raises(LimitExceeded):
        zip_checks.check_zip(file, Limits(archive_entries=11))


def test_declared_size_and_ratio_are_limited(tmp_path):
    bomb = packed(tmp_path / "bomb.zip", {"zeros": bytes(20 << 20)})
    with pytest.raises(LimitExceeded) as caught:
        zip_checks.check_zip(bomb, Limits())
    assert caught.value.facts["limit"] == "archive_ratio"
    with pytest.raises(LimitExceeded) as caught:
        zip_checks.check_zip(bomb, Limits(archive_mb=10))
    assert caught.value.facts["limit"] == "archive_mb"


def test_overlapping_members_are_refused(tmp_path):
    file = packed(tmp_path / "a.zip", {"one": b"1" * 99, "two": b"2" * 99})
    data = bytearray(file.read_bytes())
    second = data.rfind(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 0)  # points at the first member
    file.write_bytes(data)
    with pytest.raises(DocumentMalformed) as caught:
        zip_checks.check_zip(file, Limits())
    assert caught.value.facts == {"overlap": True}


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06" + b"\xff" * 18, b"text" * 50])
def test_what_is_no_container_is_malformed_or_too_large(tmp_path, data):
    file = tmp_path / "a.zip"
    file.write_bytes(data)
    with pytest.raises((DocumentMalformed, LimitExceeded)):
        zip_checks.check_zip(file, Limits())


def test_the_checks_take_milliseconds(tmp_path):
    file = packed(tmp_path / "a.zip", {f"{i}.xml": b"<x/>" for i in range(300)})
    times = []
    for _ in range(5):
        started = time.perf_counter()
        zip_checks.check_zip(file, Limits())
        times.append(time.perf_counter() - started)
    assert min(times) < 0.01
