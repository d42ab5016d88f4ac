"""Sidecars in a folder and elsewhere: what they say, and that a wrong one opens nothing."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import fsspec
import pytest

from doclake.access import EVERYONE, Readers
from doclake.errors import ListingIncomplete
from doclake.sources import Source, sidecars
from doclake.sources.sidecars import parse
from tests.sources.places import Files, Opener

NOBODY: tuple[list[str] | None, list[str] | None] = ([], None)
SOURCE = (None, None)


def said(source: Source) -> dict[str, tuple[list[str] | None, list[str] | None]]:
    rows = [row for batch in source.list() for row in batch.to_pylist()]
    return {row["path"]: (row["access"], row["denied"]) for row in rows}


@pytest.fixture
def asked(opened: Opener) -> Opener:
    return lambda **given: opened(access_from=["sidecar"], **given)


def write(root: Path, name: str, content: str | bytes) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize(
    ("content", "readers"),
    [
        ("allow: [group:finance, 'user:kim']", Readers(frozenset(["group:finance", "user:kim"]))),
        ("allow: []", Readers()),
        ("deny: [user:이]", Readers(frozenset([EVERYONE]), frozenset(["user:이"]))),
        ("\ufeffallow:\n- 인사팀\n", Readers(frozenset(["인사팀"]))),
        (unicodedata.normalize("NFD", "allow: [인사팀]"), Readers(frozenset(["인사팀"]))),
        ("{allow: [a], deny: [a]}", Readers(frozenset("a"), frozenset("a"))),
    ],
)
def test_a_sidecar_names_who_may_and_who_may_not(content: str, readers: Readers) -> None:
    assert parse(content.encode()) == readers


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no mapping"),
        (b"{}", "no mapping"),
        (b"- everyone", "no mapping"),
        (b"everyone", "no mapping"),
        (b"allow: [a\n", "no YAML"),
        (b"allow: [a]\n---\nallow: [b]\n", "no YAML"),
        (b"allow: [\xff\xfe]", "not UTF-8"),
        ("allow: [a]".encode("utf-16"), "not UTF-8"),
        (b"allow: [a]\nalow: [b]", "unknown key 'alow'"),
        (b"Allow: [a]", "unknown key 'Allow'"),
        (b"allow: [a]\ndeny: [b]\ndeny: []", "deny twice"),
        (b"allow: [a]\n<<: {deny: []}", "unknown key '<<'"),
        (b"? [allow]\n: [a]", "unknown key"),
        (b"allow: everyone", "no list in allow"),
        (b"allow:", "no list in allow"),
        (b"deny: {group: hr}", "no list in deny"),
        (b"allow: [1000]", "no text"),
        (b"allow: [yes]", "no text"),
        (b"allow: [null, a]", "no text"),
        (b"allow: [[a]]", "no text"),
        (b"allow: [!!python/object:os.system a]", "no text"),
        (b"allow: ['']", "not blank"),
        (b"allow: [' a']", "blanks at its ends"),
        (b'allow: ["a\\u200bb"]', "without control characters"),
        (b'allow: ["a\\x1fb"]', "without control characters"),
        (b'allow: ["a\\ud800"]', "expected"),
        (b"allow: [" + b"x" * 501 + b"]", "at most 500"),
        (b"allow: [a]\n" + b"#" * 100_000, "more than 100,000 bytes"),
        (b"allow: " + b"[" * 20_000, "no YAML"),
        (b"allow: " + b"[" * 40_000 + b"]" * 40_000, "no YAML"),
    ],
)
def test_what_is_not_exactly_that_says_what_was_expected(content: bytes, told: str) -> None:
    with pytest.raises(ValueError, match="expected") as refused:
        parse(content)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "name",
    ["user:kim'] OR TRUE --", "a\\", "a\\'", '"', "%", "user:kіm", "../everyone", "everyone "],
)
def test_a_name_that_would_break_out_is_a_name_or_refused(name: str) -> None:
    quoted = "'" + name.replace("'", "''") + "'"
    try:
        allowed = parse(f"allow: [{quoted}]".encode()).allow
    except ValueError:
        return
    assert allowed == {name} and EVERYONE not in allowed and "user:kim" not in allowed


def test_the_file_of_a_document_comes_before_its_folder_and_the_nearest_folder_first(
    asked: Opener, files: Files
) -> None:
    root = files("a.txt", "x/a.txt", "x/y/b.txt", "x/y/z/보고서.txt", "x/y/z/c.txt")
    write(root, "x/.access.yaml", "allow: [one]")
    write(root, "x/y/.access.yaml", "allow: [two]\ndeny: [three]")
    name = unicodedata.normalize("NFD", "보고서.txt")
    write(root, f"x/y/z/{name}.Access.YML", "allow: [넷]")
    source = asked()
    assert said(source) == {
        "a.txt": SOURCE,
        "x/a.txt": (["one"], None),
        "x/y/b.txt": (["two"], ["three"]),
        "x/y/z/c.txt": (["two"], ["three"]),
        "x/y/z/보고서.txt": (["넷"], None),
    }
    assert not source.unclear and not source.left_out


def test_everyone_in_a_sidecar_is_everyone_whom_the_source_allows(
    asked: Opener, files: Files
) -> None:
    root = files("a.txt", "b.txt")
    write(root, "a.txt.access.yaml", "allow: [everyone, user:kim]\ndeny: [user:lee]")
    assert said(asked()) == {"a.txt": (None, ["user:lee"]), "b.txt": SOURCE}


def test_globs_and_hidden_folders_leave_documents_out_and_no_sidecar_that_governs(
    asked: Opener, files: Files
) -> None:
    root = files("a.pdf", "b.txt", ".hidden/c.pdf")
    for name in ("a.pdf", "b.txt", ".hidden/c.pdf"):
        write(root, f"{name}.access.yaml", "allow: [one]")
    source = asked(include=["*.pdf"])
    assert said(source) == {"a.pdf": (["one"], None)}
    assert not source.unclear


def test_every_sidecar_that_cannot_be_read_closes_what_it_governs(
    asked: Opener, files: Files, tmp_path: Path
) -> None:
    root = files("folder/a", "outside/a", "broken/a", "twice/a", "own.txt", "wrong/a", "wrong/b")
    (root / "folder" / ".access.yaml").mkdir()
    write(tmp_path, "elsewhere.yaml", "allow: [everyone]")
    (root / "outside" / ".access.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    (root / "broken" / ".access.yaml").symlink_to("nowhere")
    write(root, "twice/.access.yaml", "allow: [everyone]")
    write(root, "twice/.access.yml", "allow: [everyone]")
    os.mkfifo(root / "own.txt.access.yaml")
    write(root, "wrong/.access.yaml", "allow: everyone")
    write(root, "wrong/b.access.yaml", "allow: [one]")
    source = asked()
    found = said(source)
    assert found.pop("wrong/b") == (["one"], None)
    assert set(found) == {"folder/a", "outside/a", "broken/a", "twice/a", "own.txt", "wrong/a"}
    assert set(map(str, found.values())) == {str(NOBODY)}
    assert source.unclear_count == len(source.unclear) == 6
    for name in ("folder/.access.yaml", "outside/.access.yaml", "own.txt.access.yaml"):
        assert any(told.startswith(name) for told in source.unclear), name


def test_a_part_that_was_not_listed_leaves_its_documents_unsure(
    asked: Opener, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files("a.txt", "x/b.txt", "x/y/c.txt")
    source = asked()
    entries = source._entries

    def torn():  # type: ignore[no-untyped-def]
        yield from entries()
        source._failed("x", "Input/output error", "x/")

    monkeypatch.setattr(source, "_entries", torn)
    rows = []
    with pytest.raises(ListingIncomplete):
        for batch in source.list():
            rows += batch.to_pylist()
    assert {row["path"]: row["unsure"] for row in rows} == {
        "a.txt": False,
        "x/b.txt": True,
        "x/y/c.txt": True,
    }


def test_a_sidecar_is_read_again_only_when_it_has_changed(
    asked: Opener, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = files("a.txt")
    write(root, "a.txt.access.yaml", "allow: [one]")
    os.utime(root / "a.txt.access.yaml", (1, 1))  # settled
    read: list[bytes] = []
    monkeypatch.setattr(sidecars, "parse", lambda content: read.append(content) or parse(content))
    assert said(asked()) == said(asked()) == {"a.txt": (["one"], None)}
    assert len(read) == 1
    write(root, "a.txt.access.yaml", "allow: [two]")
    assert said(asked()) == {"a.txt": (["two"], None)}
    assert len(read) == 2


def test_sidecars_count_wherever_fsspec_reaches(asked: Opener) -> None:
    place = fsspec.filesystem("memory")
    for name in ("a.txt", "x/b.txt"):
        place.pipe(f"/sidecars/{name}", b"text")
    place.pipe("/sidecars/x/.access.yaml", b"allow: [one]")
    place.pipe("/sidecars/a.txt.access.yaml", b"allow: one")
    source = asked(url="memory://sidecars")
    assert said(source) == {"a.txt": NOBODY, "x/b.txt": (["one"], None)}
    assert source.unclear_count == 1
    place.rm("/sidecars", recursive=True)
