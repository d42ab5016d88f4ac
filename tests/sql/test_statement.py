"""A statement asks, or it is refused in words, before anything is looked up."""

from __future__ import annotations

import hashlib

import pyarrow as pa
import pytest

from doclake.errors import StatementRefused, StatementTimeout
from doclake.sql import engine as sql_engine
from doclake.sql.engine import Engine
from doclake.sql.statement import LONGEST, asked

KNOWN = {"chunks", "ledger"}


@pytest.fixture(scope="module")
def engine():
    with Engine() as engine:
        yield engine


@pytest.mark.parametrize(
    ("sql", "tables", "words", "is_whole"),
    [
        ("SELECT text FROM chunks", {"chunks"}, {"text"}, False),
        ('SELECT Text FROM "CHUNKS" -- ; DROP TABLE chunks', {"chunks"}, {"text"}, False),
        ("FROM chunks", {"chunks"}, set(), True),
        ("SELECT columns('te.*') FROM chunks", {"chunks"}, set(), True),
        ("SELECT c FROM chunks c", {"chunks"}, set(), True),
        ("SELECT count(*) FROM chunks NATURAL JOIN ledger", {"chunks", "ledger"}, set(), True),
        ("SELECT 1 WHERE EXISTS (SELECT path FROM ledger)", {"ledger"}, {"path"}, False),
        ("WITH q AS (SELECT path FROM ledger) SELECT path FROM q", {"ledger"}, {"path"}, False),
        ("SELECT path FROM ledger UNION SELECT text FROM chunks", KNOWN, {"path", "text"}, False),
        ("SELECT x FROM unnest([1, 2]) t(x), range(3)", set(), {"x"}, False),
        ("/* ; */ SELECT 'a;b' FROM chunks", {"chunks"}, set(), False),
    ],
)  # fmt: skip
def test_it_is_known_what_a_question_needs(engine, sql, tables, words, is_whole):
    found = asked(engine, sql, KNOWN)
    assert found.tables == tables
    assert words <= found.words
    assert found.is_whole == is_whole


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("", "1 to"),
        ("SELECT 1 --" + "x" * LONGEST, "1 to"),
        ("SELECT 1; SELECT 2", "one statement is expected, and not 2"),
        ("SELECT 1; COPY chunks TO 'x'", "not 2"),
        ("COPY chunks TO 'x.csv'", "COPY does more than ask"),
        ("COPY (SELECT 1) TO 'x.csv'", "COPY does more"),
        ("ATTACH 'x.db'", "ATTACH does more"),
        ("CREATE TABLE x AS SELECT 1", "CREATE does more"),
        ("INSERT INTO chunks VALUES (1)", "INSERT does more"),
        ("DELETE FROM chunks", "DELETE does more"),
        ("SET memory_limit = '1TB'", "SET does more"),
        ("INSTALL httpfs", "does more"),
        ("EXPORT DATABASE 'x'", "EXPORT does more"),
        ("EXPLAIN ANALYZE SELECT 1", "EXPLAIN does more"),
        ("PREPARE p AS SELECT 1", "PREPARE does more"),
        ("CALL pragma_version()", "CALL does more"),
        ("PRAGMA database_list", "Only SELECT"),
        ("DESCRIBE chunks", "no questions"),
        ("SUMMARIZE chunks", "no questions"),
        ("SHOW TABLES", "no questions"),
        ("SELECT * FROM read_csv('/etc/passwd')", "the function read_csv reads something else"),
        ("SELECT * FROM chunks, read_text('/etc/passwd')", "read_text"),
        ("SELECT (SELECT content FROM read_text('/etc/passwd'))", "read_text"),
        ("WITH a AS MATERIALIZED (SELECT * FROM read_blob('/x')) SELECT 1", "read_blob"),
        ("SELECT * FROM query('SELECT 1')", "query"),
        ("SELECT * FROM query_table('chunks')", "query_table"),
        ("SELECT * FROM glob('*')", "glob"),
        ("SELECT * FROM duckdb_views()", "duckdb_views"),
        ("SELECT * FROM 'a.parquet'", "no table 'a.parquet'"),
        ('SELECT * FROM "/etc/passwd"', "no table '/etc/passwd'"),
        ("SELECT * FROM main.chunks", "no table 'main.chunks'"),
        ("SELECT * FROM information_schema.tables", "no table 'information_schema.tables'"),
        ("SELECT * FROM sqlite_master", "no table 'sqlite_master'"),
        ("SELECT * FROM ledgr", "did you mean ledger?"),
        ("SELECT 1 +", "syntax error"),
        ("SELECT " + "+".join(["1"] * 3_000), "expression depth"),
    ],
)
def test_what_does_more_than_ask_is_refused(engine, sql, told):
    with pytest.raises(StatementRefused) as refused:
        asked(engine, sql, KNOWN)
    assert told in str(refused.value)


def test_no_file_is_opened_even_to_find_out_what_a_statement_is(engine, tmp_path):
    (tmp_path / "schema.sql").write_text("CREATE TABLE stolen AS SELECT 1;")
    with pytest.raises(StatementRefused, match="disabled by configuration"):
        asked(engine, f"IMPORT DATABASE '{tmp_path}'", KNOWN)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "COPY (SELECT 1) TO '{folder}/x.csv'",
        "ATTACH '{folder}/x.db'",
        "INSTALL httpfs",
        "LOAD delta",
        "SET enable_external_access = true",
        "SET memory_limit = '1TB'",
    ],
)
def test_the_engine_itself_reads_and_writes_no_file(engine, tmp_path, sql):
    """The check of the statement is one lock, this is the other."""
    with pytest.raises(StatementRefused):
        engine.rows(sql.format(folder=tmp_path))
    assert not list(tmp_path.iterdir())


def _of_more_than_fits(monkeypatch) -> Engine:
    """800 MB of texts, where 96 fit."""
    monkeypatch.setitem(sql_engine._STARTS, "memory_limit", "96MiB")
    digits = [hashlib.shake_128(bytes([n % 256, n >> 8])).hexdigest(1_000) for n in range(2_500)]
    part = pa.table({"text": digits})
    engine = Engine()
    engine.load("long", part.schema, (part for _ in range(160)))
    return engine


def test_more_than_fits_in_memory_goes_to_a_folder_that_is_removed(monkeypatch):
    with _of_more_than_fits(monkeypatch) as small:
        assert small.rows("SELECT count(*), max(len(text)) FROM long") == [(400_000, 2_000)]
        folder = small._workspace.path
        assert list((folder / "spilled").iterdir())
        with pytest.raises(StatementRefused, match="more memory than"):
            list(small.stream("SELECT text FROM long ORDER BY text"))
    assert not folder.exists()


def test_names_of_python_are_no_tables(engine):
    secret = [1, 2, 3]
    assert secret
    with pytest.raises(StatementRefused, match="secret"):
        engine.rows("SELECT * FROM secret")


def test_what_takes_too_long_is_stopped():
    with Engine(0.3) as slow, pytest.raises(StatementTimeout, match=r"longer than 0\.3 s"):
        for _ in slow.stream("SELECT count(*) FROM range(100000000000) a, range(1000) b"):
            pass
