"""Settings know where they were read, and are read again when that has changed."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml

from doclake import settings
from doclake.errors import SettingsError
from doclake.project import Project


@pytest.fixture
def file(tmp_path):
    (tmp_path / "docs").mkdir()
    return _write(tmp_path / "doclake.yaml", "everyone")


def _write(file, *access, **more):
    source = {"url": "docs", "access": list(access)}
    file.write_text(yaml.safe_dump({"sources": {"docs": source}} | more))
    return file


def _access(found):
    return {name: source.access for name, source in found.today().sources.items()}


def test_settings_whose_file_is_as_it_was_are_those_of_today(file):
    loaded = settings.load(file)
    assert loaded.today() is loaded
    os.utime(file, (1, 1))
    assert loaded.today() is loaded


def test_only_the_sources_are_taken_from_a_file_that_has_changed(file):
    loaded = settings.load(file)
    _write(file, "group:board", lake="elsewhere")
    today = loaded.today()
    assert today.sources["docs"].access == ("group:board",)
    assert today.lake_url == loaded.lake_url
    assert today.today() is today
    assert loaded.sources["docs"].access == ("everyone",)


def test_what_a_run_changed_in_the_settings_it_keeps(file, tmp_path):
    project = Project.open(file).at(str(tmp_path / "other"))
    assert project.today() is project
    _write(file, "group:board")
    today = project.today()
    assert today.source("docs").access == ("group:board",)
    assert today.lake is project.lake
    assert today.settings.lake_url == str(tmp_path / "other")


@pytest.mark.parametrize("text", ["sources: [", "lakes: x\n", "", None])
def test_a_file_that_is_wrong_is_an_error_and_an_empty_one_names_no_source(file, text):
    loaded = settings.load(file)
    file.unlink() if text is None else file.write_text(text)
    if text == "":
        assert _access(loaded) == {}
    else:
        with pytest.raises(SettingsError):
            loaded.today()


@pytest.mark.parametrize(
    "load", [lambda file, loaded: settings.load(file), lambda _, loaded: loaded]
)
def test_a_file_that_is_being_written_is_read_when_it_is_whole(file, load):
    loaded, whole = settings.load(file), file.read_text().replace("everyone", "group:board")

    def write():
        with file.open("w") as stream:
            for part in ("", whole[:20], whole[20:]):
                stream.write(part)
                stream.flush()
                emptied.set()
                time.sleep(0.02)

    emptied = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(write)
        emptied.wait()
        found = _access(load(file, loaded))
        writing.result()
    assert found == {"docs": ("group:board",)}


def test_a_relative_path_is_that_of_the_folder_in_which_it_was_given(file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    loaded = settings.load()
    monkeypatch.chdir("/")
    assert loaded.today() is loaded
    _write(file, "group:board")
    assert _access(loaded) == {"docs": ("group:board",)}


def test_settings_beside_a_file_are_read_again_with_it(file, tmp_path):
    more = {"more": {"url": "docs", "access": ["group:more"]}}
    loaded = settings.load_beside(tmp_path, more)
    assert loaded.today() is loaded
    _write(file, "group:board")
    assert _access(loaded) == {"docs": ("group:board",), "more": ("group:more",)}
    file.unlink()
    with pytest.raises(SettingsError, match="No settings file"):
        loaded.today()


def test_a_file_that_comes_later_is_read(tmp_path):
    (tmp_path / "docs").mkdir()
    loaded = settings.load_beside(tmp_path, {"more": {"url": "docs"}})
    assert loaded.today() is loaded
    _write(tmp_path / "doclake.yaml", "everyone")
    assert _access(loaded) == {"docs": ("everyone",), "more": ()}


def test_settings_that_no_file_gave_stay(tmp_path):
    made = settings.Settings(config_dir=tmp_path)
    assert made.today() is made
