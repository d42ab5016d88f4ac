"""docs/tables.md is the generated one, and its queries run as they stand over a real lake."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_avro
import duckdb_extension_delta
import duckdb_extension_iceberg
import pytest

from doclake.lake.iceberg.sync import sync
from doclake.lake.scope import Scope
from doclake.tables import reference
from doclake.tables.generated_questions import GENERATED_QUESTIONS
from doclake.tables.registry import TABLES
from doclake.tables.search_index import search_index_schema
from doclake.tables.views import VIEWS
from tests.flow import Flow
from tests.iceberg_readers import extension_of


@pytest.fixture
def views(flow: Flow, command: Callable[..., int], capsys, monkeypatch) -> str:
    """What `doclake tables --sql` prints, in the folder of the project with DuckDB ready to use."""
    chunk, *_ = flow.lake.read("chunks").to_pylist()
    place = {name: chunk[name] for name in ("source", "bucket", "text_hash")}
    asked = GENERATED_QUESTIONS.empty_row() | place | {"question": "Where?", "model_name": "m"}
    flow.lake.append(GENERATED_QUESTIONS.name, GENERATED_QUESTIONS.arrow([asked]))
    sync(flow.lake, TABLES)
    assert command("tables", "--sql") == 0
    sql = str(capsys.readouterr().out)
    monkeypatch.chdir(flow.folder)
    Path("views.sql").write_text(sql, "utf-8")
    for module in (duckdb_extension_avro, duckdb_extension_delta, duckdb_extension_iceberg):
        _give_extension(flow.folder / "home", extension_of(module))
    monkeypatch.setenv("HOME", str(flow.folder / "home"))
    return sql


def _give_extension(home: Path, file: str) -> None:
    """Put the extension where DuckDB would put what it fetches."""
    kept = Path(file)
    (platform,) = duckdb.sql("PRAGMA platform").fetchall()
    folder = home / ".duckdb/extensions" / kept.parent.name / platform[0]
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(kept, folder)


def _blocks(repository: Path, language: str) -> list[str]:
    page = (repository / "docs" / "tables.md").read_text("utf-8")
    queries = page.partition("\n## Views\n")[0]
    return re.findall(rf"```{language}\n(.*?)```", queries, re.DOTALL)


def test_the_page_is_the_generated_one(repository):
    committed = (repository / "docs" / "tables.md").read_text("utf-8")
    assert committed == reference.markdown(), (
        "run: python -m doclake.tables.reference > docs/tables.md"
    )


def test_every_query_of_the_page_runs_as_it_stands(repository, views, capsys):
    names: dict[str, Any] = {}
    blocks = _blocks(repository, "python")
    assert len(blocks) == 5
    for block in blocks:
        exec(compile(block, "docs/tables.md", "exec"), names)
    shown = capsys.readouterr().out
    assert shown.count("The spade hangs by the door.") >= 2
    answers = {sql: names["lake"].sql(sql).fetchall() for sql in _blocks(repository, "sql")}
    assert len(answers) == 6
    for sql, rows in answers.items():
        assert rows, sql
    _, failed, passages, nearest, *_ = answers.values()
    assert [row[0] for row in failed] == ["broken.pdf"]
    assert {row[0] for row in passages} == {"garden.md", "copy.md", "tools.txt", "정원.txt"}
    assert nearest[0][:2] == ("tools.txt", 1.0)


def test_doclake_sql_answers_every_query_of_the_page(repository, flow, command, capsys):
    queries = _blocks(repository, "sql")
    assert len(queries) == 6
    for sql in queries:
        assert command("sql", sql, "--json") == 0, capsys.readouterr().err
        assert capsys.readouterr().out, sql


def test_a_view_shows_what_is_written_after_it_was_made(views, flow):
    lake = duckdb.connect()
    lake.execute(views)
    count = "SELECT count(*) FROM current_chunks_with_vectors"
    before = lake.sql(count).fetchall()[0][0]
    flow.write("quay.txt", "The quay is closed on Sunday.\n")
    flow.run()
    assert lake.sql(count).fetchall()[0][0] == before + 1


def test_a_passage_stands_once_while_two_models_have_vectors_of_it(views, flow):
    texts = flow.lake.read("embeddings")
    other = texts.set_column(
        texts.schema.get_field_index("model"),
        texts.schema.field("model"),
        [["f" * 16] * len(texts)],
    )
    flow.lake.replace("embeddings", Scope("notes", where={"model": ["f" * 16]}), other)
    lake = duckdb.connect()
    lake.execute(views)
    passages = flow.lake.read("chunks").num_rows
    assert lake.sql("SELECT count(*) FROM embeddings").fetchall() == [(2 * len(texts),)]
    joined = lake.sql("SELECT chunk_id FROM current_chunks_with_vectors").fetchall()
    assert len(joined) == len(set(joined)) == passages


def test_a_document_that_fails_has_no_current_passage_and_stands_among_the_failures(views, flow):
    lake = duckdb.connect()
    lake.execute(views)
    passages = "SELECT * FROM current_chunks WHERE path = 'garden.md'"
    assert lake.sql(passages).fetchall()
    flow.write("garden.md", "%PDF-1.7\nthis is no PDF at all\n")
    flow.run()
    assert not lake.sql(passages).fetchall()
    failed = lake.sql("SELECT path FROM open_failures ORDER BY path").fetchall()
    assert failed == [("broken.pdf",), ("garden.md",)]


@pytest.mark.slow
@pytest.mark.parametrize("view", [view.name for view in VIEWS])
def test_every_view_shows_who_may_read_its_rows(views, view):
    lake = duckdb.connect()
    lake.execute(views)
    rows = lake.sql(f"SELECT path, access FROM {view}").fetchall()
    assert rows
    assert {tuple(access) for _, access in rows} == {("everyone",)}


@pytest.mark.parametrize("name", [*TABLES, "search_index"])
def test_no_column_is_a_word_that_has_to_be_quoted(name):
    categories = "('reserved', 'type_function')"  # neither may name a column
    sql = f"SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN {categories}"
    reserved = {word for (word,) in duckdb.sql(sql).fetchall()}
    schema = TABLES[name].schema if name in TABLES else search_index_schema(4)
    assert "order" in reserved
    assert not reserved & {*schema.names, *(view.name for view in VIEWS)}
