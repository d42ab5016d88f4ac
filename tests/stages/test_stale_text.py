"""Text that changes without a sign in size and time of change is found all the same."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from doclake import clock


def _texts(flow):
    return {row["path"]: row["text"] for row in flow.lake.read("chunks").to_pylist()}


def _kept(file, text):
    """Another text of the same size and time, as `cp -p`, rsync and archives write it."""
    before = file.stat()
    assert len(text) == before.st_size
    file.write_text(text)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.fixture
def two(flow):
    for name, text in (("a.txt", "The fee is 10."), ("b.txt", "The fee is 99.")):
        os.utime(flow.write(name, text), (1_700_000_000, 1_700_000_000))
    flow.run()
    assert _texts(flow)["a.txt"] == "The fee is 10."
    return flow


def test_a_file_whose_time_was_set_back_is_read(two):
    _kept(two.documents / "a.txt", "The fee is 77.")
    two.run()
    assert _texts(two)["a.txt"] == "The fee is 77."


def test_files_that_change_places_are_read(two):
    a, b = two.documents / "a.txt", two.documents / "b.txt"
    a.rename(two.documents / "c")
    b.rename(a)
    (two.documents / "c").rename(b)
    two.run()
    assert _texts(two) | {"a.txt": "The fee is 99.", "b.txt": "The fee is 10."} == _texts(two)


def test_rights_of_a_file_make_it_be_read_and_nothing_else(two):
    before = two.lake.version("elements")
    (two.documents / "a.txt").chmod(0o600)
    report = two.run()
    assert two.lake.version("elements") == before, report


def test_a_full_reading_finds_what_no_listing_shows(two, monkeypatch):
    """As on a share whose server keeps neither times nor numbers of files."""
    monkeypatch.setattr(
        "doclake.sources.folder.FolderSource._tag", staticmethod(lambda status: None)
    )
    source = {"url": "documents", "access": ["everyone"], "buckets": 4, "verify_every": "30d"}
    two.configure(sources={"notes": source})
    two.run()
    _kept(two.documents / "a.txt", "The fee is 77.")
    two.run()
    assert _texts(two)["a.txt"] == "The fee is 10."
    now = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: now)
    two.run()
    assert _texts(two)["a.txt"] == "The fee is 77."
