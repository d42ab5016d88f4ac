"""The main job on the samples, then the questions that come with them."""

from __future__ import annotations

import doctest
import json
from collections.abc import Iterator

import dagster as dg
import pytest
from typer.testing import CliRunner

from doclake.evaluate.questions import golden
from doclake.health import balance, counts
from doclake.project import Project
from doclake.search.filters import Filters
from doclake.search.hits import Hit
from doclake.search.searcher import Searcher
from doclake.stages import retrieval_report
from doclake_dagster.pipelines.cli.app import app
from doclake_dagster.pipelines.definitions import source_jobs
from doclake_dagster.pipelines.run_sources import Outcome, ingest

BROKEN = "annual-report-2025.upload.pdf"


@pytest.fixture(scope="module")
def samples(tmp_path_factory, request) -> Iterator[tuple[Project, list[Outcome]]]:
    folder = tmp_path_factory.mktemp("samples")
    patch = pytest.MonkeyPatch()
    patch.setenv("DOCLAKE_LAKE", str(folder / "lake"))
    loaded = Project.open(request.config.rootpath)
    with dg.DagsterInstance.local_temp(str(folder)) as instance:
        yield loaded, list(ingest(loaded, source_jobs(loaded, loaded.settings.sources), instance))
    patch.undo()


@pytest.fixture(scope="module")
def searcher(samples) -> Searcher:
    return Searcher(samples[0])


def test_every_run_succeeds_and_the_ledger_balances(samples):
    loaded, outcomes = samples
    assert [outcome.success for outcome in outcomes] == [True] * len(loaded.settings.sources)
    found = counts.total(balance.status(loaded))
    assert found.balanced, found.problems
    assert found.chunks == found.vectors == found.indexed > 40
    assert (found.no_chunk, found.thin) == (0, 0)


def test_the_broken_file_fails_with_a_reason_and_nothing_else_does(samples):
    loaded, _ = samples
    rows = loaded.lake.read("ledger").to_pylist()
    failed = {row["path"]: row["error"] for row in rows if row["status"] == "failed"}
    without_ocr = {path for path, error in failed.items() if error == "dependency_missing"}
    assert {path: failed[path] for path in failed.keys() - without_ocr} == {BROKEN: "malformed"}
    assert all(".scan." in path for path in without_ocr)  # where Tesseract is not installed


def test_an_attachment_is_a_document_with_its_mail_as_parent(samples):
    loaded, _ = samples
    rows = loaded.lake.read("ledger").to_pylist()
    mail = next(row for row in rows if row["path"].endswith(".eml"))
    (child,) = [row for row in rows if row["parent_id"] == mail["doc_id"]]
    assert child["path"].startswith(mail["path"] + "!/")
    assert child["chunks"] > 0


def test_most_golden_questions_are_answered_and_the_report_says_so(samples):
    loaded, _ = samples
    assert retrieval_report.run(loaded).alarms == []
    for source in loaded.settings.sources:
        rows = retrieval_report.latest(retrieval_report.history(loaded, source))
        whole = {row["measure"]: row for row in rows if row["language"] is None}
        assert not whole["recall_at_5"]["is_generated"]
        assert whole["recall_at_5"]["mean"] >= 0.7, source
        assert {row["language"] for row in rows} >= {"en", "ko"}


def _sources(hits: list[Hit]) -> set[str]:
    return {hit.source for hit in hits}


def test_who_may_not_read_a_source_finds_nothing_of_it(searcher):
    question = "maintenance agreement for the turbine"
    assert _sources(searcher.search(question, k=50)) == {"handbook"}
    seen = searcher.search(question, k=50, principals=["group:finance"])
    assert _sources(seen) == {"handbook", "finance"}
    closed = Filters(source=("finance",))
    assert searcher.search(question, k=50, filters=closed) == []


@pytest.mark.parametrize("principal", ["x\\' OR true --", "x' OR 'a'='a", "group:financ"])
def test_no_name_of_a_principal_opens_what_it_may_not_see(searcher, principal):
    hits = searcher.search("turbine", k=50, principals=[principal])
    assert _sources(hits) == {"handbook"}


def test_a_hit_cites_a_box_on_a_page_of_the_pdf(samples, searcher):
    hits = searcher.search("1년을 근무한 직원의 연차휴가는 며칠인가?", k=5)
    hit = next(hit for hit in hits if hit.path == "취업규칙.pdf")
    assert hit.pages
    assert {box["page"] for box in hit.boxes} == set(hit.pages)
    assert all(0 <= box["x0"] < box["x1"] <= 600 for box in hit.boxes)


def test_the_command_line_answers_in_json(repository, samples, monkeypatch, tmp_path):
    monkeypatch.setenv("DOCLAKE_LAKE", samples[0].lake.url)
    config = ["--config", str(repository)]
    runner = CliRunner()
    status = runner.invoke(app, [*config, "status", "--json"])
    assert status.exit_code == 0
    told = json.loads(status.stdout)
    assert told["balanced"] is True
    assert set(told["sources"]) == {"handbook", "finance"}

    asked = [question.text for question in golden(samples[0], "handbook")]
    queries = tmp_path / "questions.jsonl"
    queries.write_text("".join(f"{json.dumps({'_id': text, 'text': text})}\n" for text in asked))
    answers = runner.invoke(app, [*config, "search", "--queries", str(queries)])
    lines = [json.loads(line) for line in answers.stdout.splitlines()]
    assert [line["_id"] for line in lines] == asked
    named = {
        "citation_id",
        "source",
        "path",
        "pages",
        "boxes",
        "section",
        "score",
        "scores",
        "text",
    }
    assert named <= set(lines[0]["hits"][0])


def test_the_page_about_the_architecture_tells_what_is(repository, samples, monkeypatch):
    monkeypatch.chdir(repository)
    monkeypatch.setenv("DOCLAKE_LAKE", samples[0].lake.url)
    page = str(repository / "docs" / "architecture.md")
    ran = doctest.testfile(
        page, module_relative=False, encoding="utf-8", optionflags=doctest.ELLIPSIS
    )
    assert (ran.failed, ran.attempted) == (0, 41)
