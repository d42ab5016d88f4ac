"""The asset shows what was answered; a fall fails its check and opens an incident."""

from __future__ import annotations

import dagster as dg
import pytest
import yaml

from doclake.operate import incidents
from doclake_dagster.pipelines.definitions import build_definitions

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
QUESTIONS = [
    {"question": f"Where does the spade hang, {number} or not?", "documents": ["tools.txt"]}
    for number in range(6)
]


@pytest.fixture
def nightly(flow, instance):
    """Run the scheduled job, and tell the sensor that watches runs."""
    notes = {"url": "documents", "access": ["everyone"], "buckets": 4, "questions": "asked.yaml"}
    (flow.folder / "asked.yaml").write_text(yaml.safe_dump(QUESTIONS))
    flow.configure(sources={"notes": notes})
    repository = build_definitions(flow.project).get_repository_def()

    def run() -> dg.ExecuteInProcessResult:
        schedule = repository.get_schedule_def("evaluate_nightly")
        job = repository.get_job(schedule.job_name)
        result = job.execute_in_process(instance=instance, run_config=QUIET)
        sensor = repository.get_sensor_def("close_incidents")
        sensor(
            dg.build_run_status_sensor_context(
                sensor_name="close_incidents",
                dagster_instance=instance,
                dagster_run=result.dagster_run,
                dagster_event=result.get_run_success_event(),
            )
        )
        return result

    return run


@pytest.mark.slow
def test_a_fall_fails_the_check_and_opens_an_incident_that_the_mended_search_closes(flow, nightly):
    result = nightly()
    (event,) = result.get_asset_materialization_events()
    metadata = event.materialization.metadata
    assert metadata["notes_all_ndcg_at_10"].value == 1.0
    assert "| notes | all | 6 | recall_at_1 | 1.000 |" in metadata["report"].value
    assert metadata["course"].value.startswith("![ndcg_at_10](data:image/png;base64,")
    assert [check.passed for check in result.get_asset_check_evaluations()] == [True]

    text = (flow.documents / "tools.txt").read_text()
    (flow.documents / "tools.txt").unlink()
    flow.run(allow_deletions=True)
    (check,) = nightly().get_asset_check_evaluations()
    assert not check.passed
    (incident,) = incidents.unresolved(flow.lake)
    assert (incident["source"], incident["severity"]) == ("search_index", incidents.ERROR)
    assert "ndcg_at_10 1.000 before, 0.000 now over 6 questions" in incident["message"]

    flow.write("tools.txt", text)
    flow.run()
    nightly()
    assert incidents.unresolved(flow.lake) == []


def test_the_command_says_the_same_and_exits_with_1(flow, nightly, command, capsys):
    assert command("evaluate") == 0
    assert "ndcg_at_10" in capsys.readouterr().out
    (flow.documents / "tools.txt").unlink()
    flow.run(allow_deletions=True)
    assert command("evaluate", "--source", "notes", "--json") == 1
    shown = capsys.readouterr()
    assert '"measure": "ndcg_at_10", "mean": 0.0' in shown.out
    assert "doclake evaluate --accept" in shown.err
    assert "notes: a question names tools.txt, which is not there" in shown.err
    assert command("evaluate", "--accept") == 0
    assert command("evaluate") == 0
