"""The jobs of sources, run for real."""

from __future__ import annotations

import dagster as dg
import pytest
import yaml

from doclake.errors import SettingsError
from doclake.project import Project
from doclake_dagster.pipelines.definitions import build_definitions


def test_one_job_runs_every_source_and_names_those_that_failed(tmp_path, instance):
    for name in ("notes", "letters"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.txt").write_text(f"The first of the {name}.")
    sources = {name: {"url": name, "buckets": 1} for name in ("notes", "letters")}
    config = {"sources": sources, "embedding": {"model": "all-MiniLM-L6-v2"}}
    (tmp_path / "doclake.yaml").write_text(yaml.safe_dump(config))
    job = build_definitions(Project.open(tmp_path)).resolve_job_def("ingest_all")
    assert job.execute_in_process(instance=instance).success
    succeeded = {run.job_name for run in instance.get_runs() if run.is_success}
    assert succeeded == {"ingest_all", "ingest_notes", "ingest_letters"}

    (tmp_path / ".doclake" / "tables" / "documents").rename(tmp_path / "documents")
    (tmp_path / ".doclake" / "tables" / "documents").write_text("Not a table.")
    with pytest.raises(dg.Failure, match="letters, notes"):
        job.execute_in_process(instance=instance)


def test_refused_rows_are_done_again_by_a_job_that_asks_which(damaged, instance):
    job = build_definitions(damaged.project).resolve_job_def("replay_quarantine")
    asked = job.run_config_schema.config_type.fields["ops"].config_type.fields
    fields = asked["replay_refused_rows"].config_type.fields["config"].config_type.fields
    assert set(fields) == {"source", "rule", "document"}
    assert all(field.description for field in fields.values())

    def run(**config: str) -> None:
        chosen = {"ops": {"replay_refused_rows": {"config": config}}}
        assert job.execute_in_process(instance=instance, run_config=chosen).success

    with pytest.raises(SettingsError, match="did you mean text_is_legible"):
        run(rule="text_is_legibel")
    run(document="garden.md")
    assert {of_run.job_name for of_run in instance.get_runs()} == {"replay_quarantine"}
    run(source="notes", rule="text_is_legible", document="lamp.txt")
    (row,) = damaged.lake.read("quarantine").to_pylist()
    assert row["attempts"] == 2
    check = _check(instance, "quarantine_is_empty")
    assert (check.passed, check.metadata["waiting"].value) == (False, 1)
    assert "| chunks | text_is_legible | 1 | " in str(check.metadata["rules"].value)
    assert check.description == (
        "1 row waits in quarantine. See `doclake quarantine list --source notes`."
    )


def test_a_data_set_is_an_asset_with_an_owner_a_job_and_a_schedule(flow, instance):
    asked = {"to": "jsonl", "owner": "team:ml", "schedule": "0 4 * * 1", "output": "sets"}
    asked["where"] = "path <> 'tools.txt'"
    flow.configure(exports={"garden": asked, "idle": {"where": "path = 'tools.txt'"}})
    definitions = build_definitions(flow.project)
    schedules = [one.name for one in definitions.get_repository_def().schedule_defs]
    assert "export_garden_by_schedule" in schedules
    assert "export_idle_by_schedule" not in schedules
    key = dg.AssetKey(["exports", "garden"])
    assert definitions.resolve_assets_def(key).owners_by_key == {key: ["team:ml"]}
    job = definitions.resolve_job_def("export_garden")
    for _ in range(2):  # the second finds that nothing has changed
        assert job.execute_in_process(instance=instance).success
    made, again = instance.fetch_materializations(key, limit=2).records
    assert made.asset_materialization.metadata == again.asset_materialization.metadata
    (folder,) = (flow.folder / "sets" / "garden").iterdir()
    assert made.asset_materialization.metadata["folder"].value == str(folder)
    assert made.asset_materialization.metadata["dagster/row_count"].value == 5
    shown = made.asset_materialization.metadata["sources"].value
    assert shown.endswith("| condition 1 |")
    flow.write("shed.txt", "The shed is locked.\n")
    flow.run()
    assert job.execute_in_process(instance=instance).success
    assert len(list((flow.folder / "sets" / "garden").iterdir())) == 2


def _check(instance: dg.DagsterInstance, name: str) -> dg.AssetCheckEvaluation:
    entries = [entry for run in instance.get_runs() for entry in instance.all_logs(run.run_id)]
    checks = [
        entry.dagster_event.asset_check_evaluation_data
        for entry in entries
        if entry.dagster_event and entry.dagster_event.event_type_value == "ASSET_CHECK_EVALUATION"
    ]
    return next(check for check in checks if check.check_name == name)
