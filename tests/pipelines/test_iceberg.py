"""Iceberg tables are an asset, and in step after each run."""

from __future__ import annotations

import dagster as dg

from doclake.health import doctor
from doclake.lake.iceberg import home
from doclake_dagster.assets.iceberg import KEY
from doclake_dagster.pipelines.definitions import build_definitions
from tests.iceberg_readers import by_duckdb


def test_the_asset_is_there_only_if_tables_are_asked_for(flow):
    assert not build_definitions(flow.project).resolve_asset_graph().has(KEY)
    flow.configure(iceberg=["chunks"])
    definitions = build_definitions(flow.project)
    node = definitions.resolve_asset_graph().get(KEY)
    assert node.parent_keys == {dg.AssetKey("search_index")}
    assert node.automation_condition
    assert KEY in definitions.resolve_job_def("ingest_notes").asset_layer.selected_asset_keys
    (sensor,) = [one for one in definitions.sensors if one.name == "update_search_index"]
    assert KEY in sensor.asset_selection.resolve(definitions.resolve_asset_graph())


def test_they_are_in_step_after_each_run(flow, command, capsys):
    flow.configure(iceberg=["chunks", "ledger"])
    for text in ("The quay is closed.\n", "The quay is open, and so is the lock.\n"):
        flow.write("quay.txt", text)
        assert command("ingest") == 0, capsys.readouterr().err
        rows = by_duckdb(home.place(flow.lake, "chunks")).to_pylist()
        assert [row["text"] for row in rows if row["path"] == "quay.txt"] == [text.strip()]
        assert [one for one in doctor.examine(flow.project) if one.check == "iceberg"] == []
    assert home.names(flow.lake) == ["chunks", "ledger"]
