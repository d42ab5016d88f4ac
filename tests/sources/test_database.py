"""What only databases have: keys and versions of many types, snapshots, columns that decide."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from doclake import extract_file
from doclake.errors import DocumentUnreadable, ListingIncomplete
from doclake.sources import Source, signature
from doclake.sources.row_documents import rendered
from tests.sources import database_servers as servers
from tests.sources.places import Opener, paths, read


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with servers.postgresql() as url:
        yield url


@pytest.fixture
def desk(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    """The owner's connection to a database without tables, which commits each statement."""
    monkeypatch.setenv("DOCLAKE_SOURCE_DOCS_PASSWORD", servers.PASSWORD)
    owner = {"user": servers.ADMIN, "password": servers.PASSWORD}
    with psycopg.connect(address, autocommit=True, **owner) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
        connection.execute(f"GRANT USAGE ON SCHEMA public TO {servers.READER}")
        connection.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {servers.READER}"
        )
        yield connection


@pytest.fixture
def query(opened: Opener, address: str) -> Opener:
    """`query("SELECT ...", id=["id"], text=["body"], ...)`: the source of its rows."""

    def open_it(select: str, **options: Any) -> Source:
        given = {"query": select, "user": servers.READER, "id": ["id"], "retries": 0}
        return opened(address, options=given | options)

    return open_it


def rows(source: Source) -> dict[str, dict[str, Any]]:
    return {row["path"]: row for batch in source.list() for row in batch.to_pylist()}


def signed(source: Source) -> dict[str, str]:
    return {path: signature(row) for path, row in rows(source).items()}


def test_a_late_commit_and_a_deletion_show(desk: psycopg.Connection, query: Opener) -> None:
    """A cursor column alone misses both."""
    desk.execute("CREATE TABLE t (id int PRIMARY KEY, body text, changed timestamptz)")
    desk.execute("INSERT INTO t SELECT i, 'body ' || i, now() FROM generate_series(1, 5) i")
    options = {"text": ["body"], "version": "changed"}
    owner = {"user": servers.ADMIN, "password": servers.PASSWORD, "host": "127.0.0.1"}
    with psycopg.connect(port=desk.info.port, dbname="desk", **owner) as slow:
        slow.execute("UPDATE t SET body = 'late', changed = now() WHERE id = 1")
        desk.execute("UPDATE t SET body = 'edited', changed = now() WHERE id = 2")
        desk.execute("DELETE FROM t WHERE id = 3")
        before = signed(query("SELECT * FROM t", **options))
        slow.commit()
    after = signed(query("SELECT * FROM t", **options))
    assert set(before) == set(after) == {"1.md", "2.md", "4.md", "5.md"}
    assert [path for path in after if after[path] != before[path]] == ["1.md"]


def test_the_time_of_a_version_is_that_of_the_document(
    desk: psycopg.Connection, query: Opener
) -> None:
    desk.execute("CREATE TABLE t (id int, body text, changed timestamptz)")
    desk.execute("INSERT INTO t VALUES (1, 'x', '2026-03-01T12:00:00+09:00')")
    (row,) = rows(query("SELECT * FROM t", text=["body"], version="changed")).values()
    assert row["mtime"].isoformat() == "2026-03-01T03:00:00+00:00"


@pytest.mark.parametrize(
    ("kind", "value", "path"),
    [
        ("bigint", "9007199254740993", "9007199254740993"),
        ("uuid", "6f9619ff-8b86-d011-b42d-00c04fc964ff", "6f9619ff-8b86-d011-b42d-00c04fc964ff"),
        ("numeric", "12.50", "12.50"),
        ("date", "2026-03-01", "2026-03-01"),
        ("timestamptz", "2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00+00:00"),
        ("time", "09:30", "09:30:00"),
        ("timetz", "09:30:00.25+09", "09:30:00.250000+09:00"),
        ("interval", "-30 minutes", "-1 day, 23:30:00"),
        ("interval", "36 hours 0.5 s", "1 day, 12:00:00.500000"),
        ("inet", "10.1.0.0/16", "10.1.0.0%2F16"),
        ("double precision", "0.1", "0.1"),
        ("bytea", r"\xdeadbeef", "deadbeef"),
        ("text", "한글/a b%", "한글%2Fa b%25"),
        ("text", ".hidden", "%2Ehidden"),
        ("text", "7", "7"),
    ],
)
def test_rows_are_found_again_by_keys_of_any_type(
    desk: psycopg.Connection, query: Opener, kind: str, value: str, path: str
) -> None:
    desk.execute(f"CREATE TABLE t (id {kind} PRIMARY KEY, body text)")
    desk.execute("INSERT INTO t VALUES (%s, 'the body')", [value])
    source = query("SELECT * FROM t", text=["body"])
    assert paths(source.list()) == {f"{path}.md"}
    assert read(source, f"{path}.md") == b"the body\n"


def test_a_key_of_true_and_false_tells_two_rows_apart(
    desk: psycopg.Connection, query: Opener
) -> None:
    desk.execute("CREATE TABLE t (n int, signed bool, body text)")
    desk.execute("INSERT INTO t VALUES (5, true, 'signed'), (5, false, 'open')")
    source = query("SELECT * FROM t", id=["n", "signed"], text=["body"])
    assert paths(source.list()) == {"5/True.md", "5/False.md"}
    assert read(source, "5/False.md") == b"open\n"
    assert read(source, "5/True.md") == b"signed\n"


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("bool", "false.md"),
        ("int", "007.md"),
        ("numeric", "twelve.md"),
        ("interval", "soon.md"),
        ("int[]", "1.md"),
        ("jsonb", "1.md"),
    ],
)
def test_a_path_that_no_key_has_is_unreadable(
    desk: psycopg.Connection, query: Opener, kind: str, path: str
) -> None:
    value = {"bool": "false", "int": "7", "numeric": "12", "int[]": "{1}", "jsonb": "{}"}
    desk.execute(f"CREATE TABLE t (id {kind}, body text)")
    desk.execute("INSERT INTO t VALUES (%s, 'the body')", [value.get(kind, "1 hour")])
    with pytest.raises(DocumentUnreadable):
        query("SELECT * FROM t", text=["body"]).open(path)


def test_a_key_of_two_columns_is_a_path_of_two_parts(
    desk: psycopg.Connection, query: Opener
) -> None:
    desk.execute("CREATE TABLE t (tenant text, n int, body text)")
    desk.execute("INSERT INTO t VALUES ('a', 1, 'first'), ('b', 1, 'second')")
    source = query("SELECT * FROM t", id=["tenant", "n"], text=["body"])
    assert paths(source.list()) == {"a/1.md", "b/1.md"}
    assert read(source, "b/1.md") == b"second\n"


@pytest.mark.parametrize("values", ["(1, 'a'), (1, 'b')", "(1, 'a'), (NULL, 'b')"])
def test_rows_that_no_key_tells_apart_make_the_listing_incomplete(
    desk: psycopg.Connection, query: Opener, values: str
) -> None:
    desk.execute("CREATE TABLE t (id int, body text)")
    desk.execute(f"INSERT INTO t VALUES {values}")
    with pytest.raises(ListingIncomplete, match="key"):
        list(query("SELECT * FROM t", text=["body"]).list())


def test_colons_and_percents_of_a_query_are_its_own(
    desk: psycopg.Connection, query: Opener
) -> None:
    desk.execute("CREATE TABLE t (id int, body text)")
    desk.execute("INSERT INTO t VALUES (1, 'at 12:30'), (2, 'at 13:00'), (3, '50%')")
    select = "SELECT id::text AS id, body FROM t WHERE body LIKE '%12:30' OR body LIKE '50\\%';"
    source = query(select, text=["body"])
    assert paths(source.list()) == {"1.md", "3.md"}
    assert read(source, "3.md") == b"50\\%\n"


def test_without_a_version_the_content_decides(desk: psycopg.Connection, query: Opener) -> None:
    desk.execute("CREATE TABLE t (id int, body text, seen int)")
    desk.execute("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 1)")
    before = signed(query("SELECT * FROM t", text=["body"]))
    desk.execute("UPDATE t SET seen = 2")
    assert signed(query("SELECT * FROM t", text=["body"])) == before
    desk.execute("UPDATE t SET body = 'c' WHERE id = 2")
    after = signed(query("SELECT * FROM t", text=["body"]))
    assert [path for path in after if after[path] != before[path]] == ["2.md"]


def test_other_columns_make_other_documents_though_no_version_changed(
    desk: psycopg.Connection, query: Opener
) -> None:
    desk.execute("CREATE TABLE t (id int, subject text, body text, version int)")
    desk.execute("INSERT INTO t VALUES (1, 's', 'b', 1)")
    one = signed(query("SELECT * FROM t", text=["body"], version="version"))
    both = signed(query("SELECT * FROM t", text=["subject", "body"], version="version"))
    page = signed(query("SELECT * FROM t", text=["body"], version="version", format="html"))
    assert len({*one.values(), *both.values(), *page.values()}) == 3


def test_a_file_in_a_column_is_the_document(desk: psycopg.Connection, query: Opener) -> None:
    desk.execute("CREATE TABLE t (id int, file bytea, name text)")
    desk.execute("INSERT INTO t VALUES (1, '\\x255044462d', 'contract.pdf'), (2, NULL, NULL)")
    source = query("SELECT * FROM t", blob="file", file_name="name")
    assert paths(source.list()) == {"1/contract.pdf", "2/unnamed"}
    assert read(source, "1/contract.pdf") == b"%PDF-"
    assert read(source, "2/unnamed") == b""


def test_a_column_says_who_may_read_a_row(desk: psycopg.Connection, query: Opener) -> None:
    desk.execute("CREATE TABLE t (id int, body text, readers text[])")
    desk.execute(
        "INSERT INTO t VALUES (1, 'x', ARRAY['user:kim', 'group:hr']), (2, 'x', NULL), "
        "(3, 'x', ARRAY['everyone']), (4, 'x', ARRAY['user:kim', ''])"
    )
    source = query("SELECT * FROM t", text=["body"], access="readers")
    listed = {path: row["access"] for path, row in rows(source).items()}
    assert listed == {"1.md": ["group:hr", "user:kim"], "2.md": [], "3.md": None, "4.md": []}
    assert source.unclear_count == 1


def test_a_query_that_writes_is_refused(desk: psycopg.Connection, query: Opener) -> None:
    desk.execute("CREATE TABLE t (id int, body text)")
    desk.execute("CREATE SEQUENCE s")
    desk.execute(f"GRANT ALL ON SEQUENCE s TO {servers.READER}")
    with pytest.raises(ListingIncomplete, match="read-only"):
        list(query("SELECT nextval('s') AS id, 'x' AS body", text=["body"]).list())


def test_a_column_that_is_not_there_is_named(desk: psycopg.Connection, query: Opener) -> None:
    desk.execute("CREATE TABLE t (id int, body text)")
    with pytest.raises(ListingIncomplete, match="bodi"):
        list(query("SELECT * FROM t", text=["bodi"]).list())


def test_a_server_that_breaks_off_makes_the_listing_incomplete(
    desk: psycopg.Connection, query: Opener
) -> None:
    desk.execute("CREATE TABLE t (id int, body text)")
    desk.execute("INSERT INTO t SELECT i, repeat('x', 200) FROM generate_series(1, 60000) i")
    batches = query("SELECT * FROM t", text=["body"]).list()
    next(batches)
    desk.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'")
    with pytest.raises(ListingIncomplete):
        list(batches)


def test_a_query_without_rows_is_an_error_unless_allowed(
    desk: psycopg.Connection, query: Opener
) -> None:
    desk.execute("CREATE TABLE t (id int, body text)")
    with pytest.raises(ListingIncomplete, match="allow_empty"):
        list(query("SELECT * FROM t", text=["body"]).list())


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "# no heading\n- no list\n1. nor this\n* _plain_ `text` <b>here</b> &amp; [a](b)",
        "---\ntitle: no front matter\n---\nbody",
        "    no code\n\ttab\n> no quote\n| a | b |\n|---|---|",
        "연차휴가는 **15일**이다.\n끝.",
    ],
)
def test_plain_text_is_extracted_letter_for_letter(text: str, tmp_path: Path) -> None:
    file = tmp_path / "row.md"
    file.write_bytes(rendered([text], "text", "A *title*", {"team": "desk: 1"}))
    (extracted,) = extract_file(file)
    said = "\n".join(extracted.elements["text"].to_pylist())
    wanted = ["A *title*", *(line.strip() for line in text.splitlines())]
    assert [line.strip() for line in said.splitlines() if line.strip()] == wanted
    assert ("team", "desk: 1") in {(field.name, field.value) for field in extracted.metadata}
