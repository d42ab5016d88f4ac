"""A model is tuned, tried on what it has not learned, and used only when somebody names it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from doclake import fingerprints
from doclake.embed.models import lineage as lineage_file
from doclake.embed.models.lineage import lineage
from doclake.embed.models.resolve import resolve
from doclake.embed.models.source import sha256_of
from doclake.errors import IndexStateError, PairsLacking, SettingsError
from doclake.evaluate import evaluation
from doclake.evaluate.questions import golden
from doclake.index.index import SearchIndex
from doclake.stages import retrieval_report, tuned_model
from doclake.tables.retrieval_report import RETRIEVAL_REPORT
from tests.copied import copy_project
from tests.flow import MODEL, Flow
from tests.golden import FACTS, NOISE, asked
from tests.golden import configure as configure_asked
from tests.tune.conftest import configure

UNCHANGED = {"learning_rate": 1e-9}
"""Nothing is learned: as good as before, and so no better."""
EAGER = {"learning_rate": 2e-4, "epochs": 6, "negatives": 2}


@pytest.fixture(scope="module")
def tuned(_house, tmp_path_factory):
    """A lake whose model was tuned in earnest, and what came of it."""
    flow = Flow(copy_project(_house, tmp_path_factory.mktemp("tuned") / "project"))
    configure(flow, **EAGER)
    return flow, tuned_model.run(flow.project)


def _reports(flow) -> list:
    return RETRIEVAL_REPORT.rows(flow.lake.read("retrieval_report"))


def test_a_model_that_answers_better_is_kept_with_its_card_and_where_it_comes_from(tuned):
    flow, result = tuned
    verdict = result.trial.verdicts()["all"]
    assert result.trial.is_better, verdict.message
    assert verdict.after > verdict.before + 0.1
    folder, counts = result.model.folder, result.report.counts
    assert folder.parent == flow.folder / "lake/models"
    assert not list(folder.parent.glob(".*"))
    origin = lineage(folder)
    assert origin is not None
    assert origin["weights_sha256"] == sha256_of(folder / "model.safetensors")
    assert origin["base_fingerprint"] == fingerprints.model(flow.settings.embedding)
    assert origin["tables"] == {"chunks": flow.lake.version("chunks")}
    assert origin["pairs"] == {"golden": counts["pairs"]} == {"golden": len(origin["questions"])}
    assert origin["steps"] == counts["steps"]
    assert counts["pairs"] + counts["questions_held_out"] == len(golden(flow.project, "notes"))
    assert folder.name in (folder / "README.md").read_text()


def test_no_word_of_a_document_or_a_question_stands_in_its_folder(tuned):
    flow, result = tuned
    files = [file for file in result.model.folder.rglob("*") if file.is_file()]
    secret = [
        *(one.text for one in golden(flow.project, "notes")),
        *flow.lake.read("chunks")["text"],
    ]
    for file in files:
        if file.name not in ("tokenizer.json", "model.safetensors"):
            written = file.read_text()
            assert not [text for text in map(str, secret) if text in written], file


def test_the_trial_is_reported_and_leaves_searches_and_later_reports_as_they_were(tuned):
    flow, result = tuned
    (whole,) = [
        row
        for row in _reports(flow)
        if row["measure"] == "ndcg_at_10" and row["language"] is None and row["is_trial"]
    ]
    assert whole["accepted"] and whole["mean"] == result.trial.verdicts()["all"].after
    assert whole["model"] == result.trial.tuned.model
    assert whole["model_name"] == str(result.model.folder)
    state = SearchIndex(flow.lake).state()
    assert (state.model, state.candidate) == (fingerprints.model(flow.settings.embedding), None)
    assert [name for name, _ in flow.project.index.tables()] == [state.table]
    assert retrieval_report.history(flow.project, "notes") == []
    assert flow.findings() == []


@pytest.mark.slow
def test_what_was_trained_is_not_trained_again_until_it_would_be_another(tuned):
    flow, result = tuned
    again = tuned_model.run(flow.project)
    assert "steps" not in again.report.counts
    assert again.model == result.model
    assert again.trial.verdicts() == result.trial.verdicts()
    configure(flow, **EAGER | {"seed": 1})
    try:
        other = tuned_model.run(flow.project)
        assert other.model.name != result.model.name
        assert other.report.counts["steps"] == result.report.counts["steps"]
    finally:
        configure(flow, **EAGER)


@pytest.mark.slow
def test_once_it_is_named_it_takes_over_and_is_judged_by_what_it_has_not_learned(tuned, tmp_path):
    first, result = tuned
    flow = Flow(copy_project(first.folder, tmp_path / "named"))
    configure(flow, {"model": str(result.model.folder)})
    flow.run()
    state = SearchIndex(flow.lake).state()
    assert state.model == fingerprints.model(flow.settings.embedding)
    put = evaluation.questions(flow.project, "notes")
    learned = set(lineage(result.model.folder)["questions"])
    assert not learned & {one.question_id for one in put}
    assert len(put) == result.report.counts["questions_held_out"]
    assert flow.findings() == []


@pytest.mark.slow
@pytest.mark.parametrize("has_learned_all", [True, False])
def test_the_gate_asks_a_model_nothing_that_it_has_learned(tuned, tmp_path, has_learned_all):
    """One that answers worse is held back, unless it has learned all that it could be asked."""
    _, result = tuned
    flow = asked(tmp_path / "asked", FACTS, MODEL)
    model = shutil.copytree(resolve(flow.settings.embedding).folder, tmp_path / "model")
    known = [one.question_id for one in golden(flow.project, "notes")] if has_learned_all else []
    origin = json.loads((result.model.folder / lineage_file.NAME).read_text())
    (model / lineage_file.NAME).write_text(json.dumps(origin | {"questions": known}))
    configure_asked(flow, MODEL | {"model": str(model), "query_prompt": NOISE})
    flow.run()
    state = SearchIndex(flow.lake).state()
    took_over = state.model == fingerprints.model(flow.settings.embedding)
    assert took_over is has_learned_all
    if not took_over:
        assert "answers golden questions worse" in (state.candidate.held or "")


@pytest.mark.slow
def test_a_model_that_is_no_better_is_refused(house, on_house, capsys):
    configure(house, **UNCHANGED)
    before = (house.folder / "doclake.yaml").read_bytes()
    assert on_house("tune") == 1
    told = capsys.readouterr().out
    assert "leave embedding.model as it is" in told
    assert "before, " in told
    assert (house.folder / "doclake.yaml").read_bytes() == before
    assert {row["accepted"] for row in _reports(house)} == {False}
    assert on_house("tune", "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["is_better"], "steps" in said) == (False, False)


@pytest.mark.slow
def test_a_trial_over_fewer_passages_holds_the_documents_that_are_asked_about(house):
    for number in range(120):
        house.write(f"noise{number}.txt", f"On day {number} nothing of note came to pass.\n")
    house.run()
    configure(house, **UNCHANGED, trial_chunks=100)
    result = tuned_model.run(house.project)
    assert result.trial.chunks == 100
    change = result.trial.verdicts()["all"].change
    assert -0.05 < change.low <= change.high < 0.05
    assert not result.trial.is_better


def test_too_few_pairs_are_an_error_and_nothing_is_written(house, on_house, capsys):
    configure(house, min_pairs=400)
    with pytest.raises(PairsLacking) as raised:
        tuned_model.run(house.project)
    assert raised.value.facts["needed"] == 400 > raised.value.facts["found"] > 8
    (house.folder / "questions.yaml").write_text("")
    assert on_house("tune") == 1
    assert "doclake generate" in capsys.readouterr().err
    (house.folder / "questions.yaml").write_text("- {question: 3}")
    with pytest.raises(SettingsError, match=r"questions\.yaml"):
        tuned_model.run(house.project)
    assert not (house.folder / "lake/models").exists()
    assert _reports(house) == []


@pytest.mark.slow
def test_without_an_index_or_a_place_there_is_an_error(house, tmp_path):
    empty = tmp_path / "empty"
    (empty / "documents").mkdir(parents=True)
    (empty / "questions.yaml").write_text((house.folder / "questions.yaml").read_text())
    Flow.write_settings(empty)
    flow = Flow(empty)
    configure(flow)
    with pytest.raises(IndexStateError):
        tuned_model.run(flow.project)
    configure(house, folder="s3://bucket/models")
    with pytest.raises(SettingsError, match="no folder") as raised:
        tuned_model.run(house.project)
    assert raised.value.problems[0][0] == "tuning.folder"
    configure(house, folder="kept", **UNCHANGED)
    assert tuned_model.run(house.project).model.folder.parent == house.folder / "kept"


@pytest.mark.slow
def test_a_command_that_is_killed_leaves_no_half_model_and_the_next_goes_on(house, repository):
    configure(house, epochs=20, checkpoint_steps=2, learning_rate=1e-5)
    environment = os.environ | {"PYTHONPATH": str(repository), "DOCLAKE_CONFIG": str(house.folder)}
    run = [sys.executable, "-m", "doclake_dagster.pipelines.cli", "tune", "--json"]
    models, end = house.folder / "lake/models", time.monotonic() + 200
    process = subprocess.Popen(run, env=environment, stderr=subprocess.DEVNULL)
    while not list(models.glob(".*.part/checkpoint-4/trainer_state.json")):
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.02)
    process.kill()
    process.wait(60)
    assert not [path for path in models.iterdir() if not path.name.startswith(".")]
    assert house.findings() == []
    done = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=250)
    said = json.loads(done.stdout)
    assert said["steps"] == 100
    assert [path.name for path in models.iterdir()] == [Path(said["model"]).name]
    assert house.findings() == []
