"""Whoever belongs to a group sees what the group may see, through every door."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from doclake import Project
from doclake.errors import GroupsUnknown, PassageGone
from doclake.search import audit
from doclake.search.answer import Answerer
from doclake.serve.judgements import may_judge
from doclake_dagster.pipelines.cli.app import main
from tests.copied import copy_project
from tests.flow import Flow
from tests.serve.conftest import write_tokens
from tests.serve.test_access import QUESTION, _call, _sources
from tests.served import Served, serving

KIM, HAN = "token-of-kim-of-many-letters", "token-of-han-of-many-letters"
TOKENS = {KIM: ["user:kim"], HAN: ["user:han"]}
GROUPS = "group:board: [group:chairs]\ngroup:chairs: [user:kim]\n"
NOBODY = "group:board: []\n"


@pytest.fixture(scope="module")
def grouped(_closed, tmp_path_factory) -> Flow:
    """As `closed`, with Kim in a group of the board."""
    folder = copy_project(_closed, tmp_path_factory.mktemp("grouped") / "project")
    settings = yaml.safe_load((folder / "doclake.yaml").read_text())
    settings |= {"principals": {"file": "groups.yaml"}, "search": {"audit": "counts"}}
    (folder / "doclake.yaml").write_text(yaml.safe_dump(settings))
    write_tokens(folder / "tokens.yaml", TOKENS)
    (folder / "groups.yaml").write_text(GROUPS)
    return Flow(folder)


@pytest.fixture(scope="module")
def served(grouped) -> Iterator[Served]:
    with serving(grouped.project) as server:
        yield server


@pytest.fixture
def noted(grouped) -> Callable[[], list[dict[str, Any]]]:
    """What the audit holds of searches since the test began."""
    audit.write()
    before = grouped.lake.read("audit").num_rows

    def rows() -> list[dict[str, Any]]:
        audit.write()
        found = grouped.lake.read("audit").sort_by("done_at").to_pylist()
        return found[before:]

    return rows


@pytest.fixture(autouse=True)
def _groups_as_they_were(grouped) -> Iterator[None]:
    yield
    (grouped.folder / "groups.yaml").write_text(GROUPS)


def test_a_token_of_a_member_opens_what_the_group_may_see(served):
    assert _sources(served, KIM) == {"notes", "open"}
    assert _sources(served, HAN) == {"open"}
    assert _sources(served) == {"open"}


def test_the_audit_knows_whom_a_token_stood_for_and_counts_tokens_that_open_nothing(served, noted):
    _sources(served, KIM)
    for token in ("forged", "forged too"):
        served.search(QUESTION, token=token)
    searched = [row for row in noted() if row["action"] == "search"]
    assert {row["source"] for row in searched} == {"notes", "open"}
    assert {tuple(row["asked_as"]) for row in searched} == {("user:kim",)}
    assert len({row["subject_id"] for row in searched}) == 1
    (refused,) = (row for row in noted() if row["action"] == "refused_token")
    assert (refused["row_count"], refused["done_by"]) == (2, "127.0.0.1")


def test_tools_see_what_the_groups_of_their_client_may_see(served):
    for token, expected in ((KIM, {"notes", "open"}), (HAN, {"open"})):
        found = asyncio.run(_call(served, "search", {"question": QUESTION}, token))
        assert {hit["source"] for hit in found["hits"]} == expected
        listed = asyncio.run(_call(served, "sources", {}, token))
        assert {row["name"] for row in listed["result"]} == expected


def test_who_leaves_a_group_is_out_at_the_next_request_and_without_a_run(served, grouped):
    found = served.search(QUESTION, token=KIM).json["hits"]
    path = f"/passage/{next(h['citation_id'] for h in found if h['source'] == 'notes')}"
    assert served.ask("GET", path, token=KIM).status == 200
    (grouped.folder / "groups.yaml").write_text(NOBODY)
    assert _sources(served, KIM) == {"open"}
    assert served.ask("GET", path, token=KIM).code == "passage_gone"


@pytest.mark.parametrize("text", ["", "group:board: user:kim", None])
def test_while_the_groups_are_unknown_nobody_is_answered_and_no_asker_learns_why(
    served, grouped, text, caplog
):
    file = grouped.folder / "groups.yaml"
    file.unlink() if text is None else file.write_text(text)
    with caplog.at_level(logging.ERROR):
        for token in (KIM, HAN, None):
            answer = served.search(QUESTION, token=token)
            assert (answer.status, answer.code) == (503, "groups_unknown")
            assert "groups.yaml" not in answer.body.decode()
            assert str(grouped.folder) not in answer.body.decode()
    assert "groups.yaml" in caplog.text  # the operator does


def test_python_and_the_command_line_and_answers_know_the_groups(grouped, monkeypatch, capsys):
    project = Project.open(grouped.folder)

    def sources(*principals: str) -> set[str]:
        return {hit.source for hit in project.search(QUESTION, k=20, principals=principals)}

    assert sources("user:kim") == {"notes", "open"}
    assert sources("user:han") == sources() == {"open"}
    hits = project.search(QUESTION, k=20, principals=["user:kim"])
    notes = next(hit for hit in hits if hit.source == "notes")
    assert project.passage(notes.citation_id, principals=["user:kim"]).hit.text == notes.text
    with pytest.raises(PassageGone):
        project.passage(notes.citation_id, principals=["user:han"])
    cited = Answerer(project).ask(QUESTION, principals=["user:kim"]).context.passages
    assert {hit.source for one in cited for hit in one.hits} == {"notes", "open"}
    settings = project.settings.serve.model_copy(update={"judge": ("group:board",)})
    judges = project.with_settings(serve=settings)
    assert may_judge(judges, ["user:kim"])
    assert not may_judge(judges, ["user:han"])
    (grouped.folder / "groups.yaml").write_text("{")
    with pytest.raises(GroupsUnknown):
        project.search(QUESTION)
    monkeypatch.setenv("DOCLAKE_CONFIG", str(grouped.folder))
    monkeypatch.setattr("sys.argv", ["doclake", "search", QUESTION, "--as", "user:kim"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code
    assert "groups.yaml is wrong" in capsys.readouterr().err
