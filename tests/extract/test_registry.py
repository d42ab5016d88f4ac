"""The table of formats: nothing in it contradicts itself, or what the readers do."""

from __future__ import annotations

import ast
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import pytest

import doclake.extract.formats
from doclake import fingerprints
from doclake.extract import format_versions, registry, text_formats
from doclake.settings import ExtractRecipe
from tests.extract.mended import mended

ROOT = Path(doclake.extract.formats.__path__[0])
PREFIX = "doclake.extract.formats."
RTF, HTML, EPUB = "application/rtf", "text/html", "application/epub+zip"


def test_no_name_suffix_or_signature_stands_twice() -> None:
    kinds = [kind for _, kind in registry.kinds()]
    told = [row.name for row in registry.FORMATS] + [kind.name for kind in kinds]
    told += [suffix for kind in kinds for suffix in kind.suffixes]
    told += [name for kind in kinds for name in (*kind.streams, *map(repr, kind.signatures))]
    assert not [name for name, times in Counter(told).items() if times > 1]


def test_every_format_has_its_line_in_the_documentation(repository: Path) -> None:
    page = (repository / "docs" / "formats.md").read_text("utf-8")
    first = [line.split("|")[1] for line in page.splitlines() if line.startswith("| ")]
    for row in registry.FORMATS:
        assert any(row.name in cell for cell in first), row.name


def test_the_packages_that_count_are_installed() -> None:
    for row in registry.FORMATS:
        for package in row.packages:
            assert version(package)


def test_a_format_names_those_whose_readers_it_calls() -> None:
    """Told from what their modules import."""
    readers = {row.reader.split(":")[0]: row.name for row in registry.FORMATS}
    several = Counter(row.reader.split(":")[0] for row in registry.FORMATS)
    for row in registry.FORMATS:
        known = {each.name for each in format_versions.closure(row)}
        for module in _behind(row.reader.split(":")[0]):
            if several[module] == 1 and module in readers:
                assert readers[module] in known, f"{row.name} uses {readers[module]}"


def _behind(module: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """The modules of formats that a module imports, however indirectly, itself included."""
    file = ROOT / f"{module.replace('.', '/')}.py"
    if module in seen or not file.is_file():
        return set()
    found = {module}
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if (
            isinstance(node, ast.ImportFrom)
            and node.module
            and f"{node.module}.".startswith(PREFIX)
        ):
            inner = node.module.removeprefix(PREFIX.rstrip(".")).strip(".")
            names = [inner, *(f"{inner}.{alias.name}".strip(".") for alias in node.names)]
            for name in names:
                found |= _behind(name, seen | found)
    return found


def test_a_mended_reader_changes_its_documents_and_those_of_formats_that_use_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert _changed_by_raising("RTF", monkeypatch) == {
        RTF,  # and what may hold one: a chunk that Word imports, a mail
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/x-encrypted-office",
        "message/rfc822",
        "application/vnd.ms-outlook",
        "application/ms-tnef",
    }
    assert {HTML, EPUB} <= _changed_by_raising("HTML", monkeypatch)


def _changed_by_raising(name: str, monkeypatch: pytest.MonkeyPatch) -> set[str | None]:
    before = format_versions.fingerprints_of(ExtractRecipe())
    with mended(name, monkeypatch):
        after = format_versions.fingerprints_of(ExtractRecipe())
    assert before.of_all != after.of_all
    return {kind for kind in before if before[kind] != after[kind]}


def test_the_version_of_a_library_counts_for_the_formats_that_are_read_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = registry.format_of("application/vnd.ms-excel")
    assert row is not None
    before = format_versions.facts(row, "application/vnd.ms-excel", "native")["packages"]
    monkeypatch.setattr(fingerprints, "version", lambda _: "999")
    after = format_versions.facts(row, "application/vnd.ms-excel", "native")["packages"]
    assert (set(before), after) == ({"xlrd"}, {"xlrd": "999"})


def test_the_engine_unstructured_counts_where_it_reads() -> None:
    row = registry.format_of(HTML)
    assert row is not None
    native = format_versions.facts(row, HTML, "native")["packages"]
    other = format_versions.facts(row, HTML, "unstructured")["packages"]
    assert set(other) - set(native) == set(text_formats.UNSTRUCTURED)
