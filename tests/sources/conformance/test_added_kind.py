"""The kind of source that docs/sources.md shows, installed as a package of its own."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from doclake.errors import SettingsError
from doclake.settings import load, source_options
from doclake.sources.conformance import Case, Place
from tests.sources.conformance.flowing import flows
from tests.sources.conformance.running import every_case, run


class LinesPlace(Place):
    options: Mapping[str, Any] = {"field": "body"}

    def __init__(self, file: Path) -> None:
        self.file, self.url = file, f"lines://{file}"
        self._rows: dict[str, dict[str, Any]] = {}
        self._write()

    def _write(self) -> None:
        self.file.write_text("".join(f"{json.dumps(row)}\n" for row in self._rows.values()))

    def put(self, name: str, text: str) -> str:
        path = f"{name}.txt"
        known = self._rows.get(path, {"version": 0})
        self._rows[path] = {**known, "id": name, "version": known["version"] + 1, "body": text}
        self._write()
        return path

    def remove(self, path: str) -> None:
        del self._rows[path]
        self._write()

    def move(self, path: str, name: str) -> str:
        new = self.put(name, self._rows[path]["body"])
        self.remove(path)
        return new

    def restrict(self, path: str, readers: Sequence[str] | None) -> None:
        self._rows[path]["readers"] = readers
        self._write()

    def vanish(self) -> None:
        self.file.unlink()

    def fill(self, number: int) -> None:
        rows = ({"id": f"filler-{n}", "version": 1, "body": "filler"} for n in range(number))
        self._rows = {f"{row['id']}.txt": row for row in rows}
        self._write()


@pytest.fixture(autouse=True)
def lines_package(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Installed as pip would do it."""
    page = (repository / "docs" / "sources.md").read_text("utf-8")
    code, entry = re.findall(r"```(?:python|toml)\n(.*?)```", page, re.DOTALL)[:2]
    packages = tmp_path / "packages"
    about = packages / "lines_source-1.0.dist-info"
    about.mkdir(parents=True)
    (packages / "lines_source.py").write_text(code)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: lines-source\nVersion: 1.0\n")
    target = re.findall(r"^lines = .*$", entry, re.MULTILINE)[0].replace('"', "")
    (about / "entry_points.txt").write_text(f"[{source_options.ENTRY_POINTS}]\n{target}\n")
    monkeypatch.syspath_prepend(packages)
    source_options.added_kinds.cache_clear()
    yield
    source_options.added_kinds.cache_clear()
    sys.modules.pop("lines_source", None)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return LinesPlace(tmp_path / "notes.jsonl")


@every_case
def test_a_kind_of_another_package(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_documents_of_a_kind_of_another_package_flow_into_chunks(
    place: Place, tmp_path: Path
) -> None:
    flows(place, tmp_path)


def test_its_options_are_checked_when_the_settings_are_loaded(tmp_path: Path) -> None:
    file = tmp_path / "doclake.yaml"
    file.write_text("sources: {notes: {url: lines:///x.jsonl, options: {feild: body}}}\n")
    with pytest.raises(SettingsError, match=r"sources\.notes\.options\.feild.*did you mean field"):
        load(file)


def test_a_kind_that_cannot_be_loaded_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "packages" / "lines_source.py").write_text("import no_such_package\n")
    file = tmp_path / "doclake.yaml"
    file.write_text("sources: {notes: {url: lines:///x.jsonl}}\n")
    with pytest.raises(SettingsError, match=r"sources\.notes\.url.*no_such_package"):
        load(file)


def test_a_kind_without_options_takes_none(tmp_path: Path) -> None:
    file = tmp_path / "doclake.yaml"
    file.write_text("sources: {notes: {url: ./notes, options: {depth: 2}}}\n")
    with pytest.raises(SettingsError, match=r"sources\.notes\.options\.depth"):
        load(file)
