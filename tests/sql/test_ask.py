"""A question in SQL sees what its asker may read now, by whatever way it is asked."""

from __future__ import annotations

import json

import pytest

from doclake import clock
from doclake.errors import GroupsUnknown, LakeError, SettingsError, StatementRefused
from doclake.lake import erased
from doclake.project import Project
from doclake.search import audit
from doclake.sql.ask import ask
from doclake.tables.registry import TABLES
from tests.flow import Flow
from tests.sql.conftest import CLOSED, SECRET, SHARED, configure

BOARD, INTERN = "Board are told later.", "Intern are told later."


def texts(flow: Flow, sql: str = "SELECT text FROM chunks", principals=()) -> set[str]:
    return {row[0] for row in ask(flow.project, sql, principals=principals).rows}


@pytest.mark.parametrize(
    ("principals", "seen"),
    [
        ((), {SHARED, INTERN}),
        (["group:finance"], {SHARED, INTERN, SECRET}),
        (["user:kim"], {SHARED, INTERN, SECRET}),
        (["group:board"], {SHARED, INTERN, BOARD}),
        (["user:intern"], {SHARED}),
        (["group:finance", "user:intern"], {SHARED, SECRET}),
        (None, {SHARED, INTERN, SECRET, BOARD, CLOSED}),
    ],
)
def test_each_asker_sees_what_he_may_read(guarded, principals, seen):
    assert texts(guarded, principals=principals) == seen


ATTACKS = [
    "SELECT text FROM chunks WHERE source = 'finance' OR true",
    "SELECT text FROM chunks UNION ALL SELECT text FROM elements",
    "SELECT (SELECT max(text) FROM chunks WHERE source = 'finance')",
    "SELECT c.text FROM chunks c WHERE EXISTS (SELECT 1 FROM documents WHERE source = 'finance')",
    "WITH documents AS (SELECT 'finance' AS source) FROM chunks JOIN documents USING (source)",
    "WITH chunks AS (FROM chunks) SELECT text FROM chunks",
    'SELECT text FROM "CHUNKS" -- WHERE source = 1',
    "SELECT text FROM current_chunks /* AND false */",
    "SELECT text FROM current_chunks_with_vectors",
    "SELECT text FROM current_chunks_in_full",
    "SELECT text FROM current_elements",
    "SELECT string_agg(text) FROM elements",
    "SELECT path FROM ledger",
    "SELECT path FROM documents",
    "SELECT path FROM current_metadata",
    "SELECT CAST(c AS VARCHAR) FROM chunks c",
    "SELECT columns('text|path') FROM chunks",
    "WITH RECURSIVE t AS (SELECT text FROM chunks UNION (SELECT text FROM elements)) FROM t",
    "SELECT text FROM chunks c LEFT JOIN LATERAL (SELECT 1) ON true",
]  # fmt: skip


@pytest.mark.parametrize("sql", ATTACKS)
def test_no_way_to_ask_shows_what_one_may_not_read(guarded, sql):
    shown = json.dumps(ask(guarded.project, sql).rows, default=str)
    everything = json.dumps(ask(guarded.project, sql, principals=None).rows, default=str)
    hidden = ("merger", "vault", "Board", "finance", "closed", "board")
    assert not [word for word in hidden if word in shown]
    assert [word for word in hidden if word in everything]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_each_table_shows_only_rows_of_documents_that_one_may_read_or_nothing(guarded, name):
    every = ask(guarded.project, f"SELECT * FROM {name}", principals=None).rows
    try:
        shown = ask(guarded.project, f"SELECT * FROM {name}").rows
    except StatementRefused as error:
        assert "--all-rows" in str(error)
        return
    assert {row[0] for row in shown} <= {"open"}
    assert len(shown) < len(every) or not every


def test_a_list_that_is_narrowed_closes_its_source_at_the_next_question(guarded):
    project = Project.open(guarded.folder)
    as_kim = {"principals": ["user:kim"]}
    assert ("finance",) in ask(project, "SELECT source FROM chunks", **as_kim).rows
    configure(guarded, finance=("group:board",))
    assert ("finance",) not in ask(project, "SELECT source FROM chunks", **as_kim).rows
    configure(guarded, finance=("everyone",))  # widened: the rows themselves say no until a run
    assert ("finance",) not in ask(project, "SELECT source FROM chunks").rows


def test_a_document_that_is_being_erased_is_there_for_nobody(guarded):
    (row,) = ask(guarded.project, "SELECT doc_id FROM documents WHERE path = 'open.txt'").rows
    denied = {"source": "open", "doc_id": row[0], "erasure_id": "a", "erased_by": "lee"}
    erased.deny(guarded.lake, [denied | {"reason": None, "erased_at": clock.now()}])
    assert texts(guarded) == {INTERN}
    assert "open.txt" not in texts(guarded, "SELECT path FROM ledger")


def test_groups_that_nobody_knows_answer_nobody(guarded):
    (guarded.folder / "groups.yaml").unlink()
    with pytest.raises(GroupsUnknown):
        ask(guarded.project, "SELECT 1")


def test_a_name_that_is_none_is_refused(guarded):
    with pytest.raises(SettingsError):
        ask(guarded.project, "SELECT 1", principals=[" "])


def test_a_column_that_is_not_there_is_named(guarded):
    with pytest.raises(StatementRefused, match="txt"):
        ask(guarded.project, "SELECT txt FROM chunks")


def test_a_lake_without_a_run_says_so(guarded):
    empty = guarded.project.at(str(guarded.folder / "nothing"))
    with pytest.raises(LakeError, match="written yet"):
        ask(empty, "SELECT 1")
    assert not (guarded.folder / "nothing").exists()


def test_more_rows_than_asked_for_are_cut_and_said(guarded):
    answer = ask(guarded.project, "SELECT * FROM range(5) t(x)", rows=3)
    assert (len(answer.rows), answer.is_cut) == (3, True)
    assert not ask(guarded.project, "SELECT * FROM range(3) t(x)", rows=3).is_cut


def test_sums_are_numbers_in_json_as_well(guarded):
    ((whole, half),) = ask(guarded.project, "SELECT sum(x), 0.5 FROM range(5) t(x)").rows
    assert json.dumps([whole, half]) == "[10, 0.5]"


def test_columns_of_one_name_are_all_shown(guarded):
    answer = ask(
        guarded.project, "SELECT a.source, b.source FROM chunks a JOIN chunks b USING (chunk_id)"
    )
    assert len(answer.columns) == 2
    assert all(len(row) == 2 for row in answer.rows)


def test_the_command_shows_a_table_json_and_csv(guarded, monkeypatch, capsys, command):
    monkeypatch.setenv("DOCLAKE_CONFIG", str(guarded.folder))
    question = "SELECT path, access, tokens > 0 AS is_long FROM chunks ORDER BY path"
    assert command("sql", question, "--json", "--as", "group:board") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["path"] for row in rows] == ["board.txt", "intern.txt", "open.txt"]
    assert rows[0]["access"] == ["group:board"]
    assert command("sql", question, "--csv", "--rows", "1") == 0
    told = capsys.readouterr()
    assert told.out == 'path,access,is_long\nintern.txt,"[""everyone""]",True\n'
    assert "and more" in told.err
    assert command("sql", question) == 0
    assert "intern.txt" in capsys.readouterr().out
    assert command("sql", "SELECT path FROM chunks WHERE false") == 0
    assert capsys.readouterr().out == "No rows.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("COPY chunks TO 'x'",), 1, "COPY does more than ask"),
        (("SELECT * FROM audit",), 1, "--all-rows"),
        (("SELECT 1", "--json", "--csv"), 2, "Give either --json or --csv"),
        (("SELECT 1", "--as", "a", "--all-rows"), 2, "Give either --as or --all-rows"),
        (("SELECT 1", "--rows", "0"), 2, "at least 1"),
    ],
)
def test_the_command_refuses_in_words(guarded, monkeypatch, capsys, command, arguments, code, told):
    monkeypatch.setenv("DOCLAKE_CONFIG", str(guarded.folder))
    assert command("sql", *arguments) == code
    assert told in capsys.readouterr().err


def test_who_asked_is_noted_where_searches_are(guarded, command, monkeypatch, capsys):
    monkeypatch.setenv("DOCLAKE_CONFIG", str(guarded.folder))
    monkeypatch.setenv("DOCLAKE_SEARCH__AUDIT", "queries")
    assert command("sql", "SELECT path FROM chunks", "--as", "user:kim") == 0
    audit.write()  # as a process does when it ends
    capsys.readouterr()
    assert command("audit", "--json", "--action", "sql") == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (row["asked_as"], row["row_count"]) == (["user:kim"], 3)
    assert row["question"] == "SELECT path FROM chunks"
