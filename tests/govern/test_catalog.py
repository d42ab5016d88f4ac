"""The lake as a document for catalogues, and DataHub's client takes what is written for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from doclake.govern.catalog import datahub, document
from doclake.lake.iceberg.sync import sync
from doclake.tables.quality import QUALITY
from doclake.tables.registry import TABLES
from doclake_dagster.assets.common.lineage import MADE_OF


def _document(flow):
    made = document.document(flow.project, MADE_OF)
    assert json.loads(json.dumps(made)) == made
    return made, {table["name"]: table for table in made["tables"]}


def test_it_names_every_table_with_its_columns_figures_and_what_it_is_made_of(flow):
    sync(flow.lake, ["chunks"])
    _, tables = _document(flow)
    written = {name for name in TABLES if flow.lake.version(name) is not None}
    assert set(tables) == written | {"search_index"}
    for name in written:
        table, schema = tables[name], TABLES[name].schema
        assert table["rows"] == flow.lake.read(name).num_rows
        assert table["version"] == flow.lake.version(name)
        assert table["description"] == TABLES[name].about
        assert [column["name"] for column in table["columns"]] == schema.names
        assert all(column["description"] for column in table["columns"])
    assert tables["search_index"]["rows"] == flow.lake.read("chunks").num_rows
    assert tables["chunks"]["iceberg_url"].endswith("/iceberg/chunks")
    assert tables["ledger"]["iceberg_url"] is None
    assert "elements" in tables["chunks"]["made_of"]
    text = next(one for one in tables["chunks"]["columns"] if one["name"] == "text")
    assert text["made_of"] == ["elements.text", "elements.html"]


def test_a_source_has_its_owner_its_target_and_its_last_day(flow):
    source = {"url": "documents", "access": ["everyone"], "buckets": 4, "freshness": "24h"}
    flow.configure(sources={"notes": source | {"owner": "team:harbour"}})
    made, tables = _document(flow)
    (notes,) = made["sources"]
    assert (notes["owner"], notes["freshness_seconds"], notes["quality"]) == (
        "team:harbour",
        86_400,
        None,
    )
    assert tables["chunks"]["owners"] == ["team:harbour"]
    days = [
        QUALITY.empty_row()
        | dict.fromkeys(("arrived", "removed", "incidents_opened", "incidents_resolved"), 0)
        | {"source": "notes", "day": day, "completeness": share, "downtime": 0.0}
        | {"until": flow.lake.read("ledger")["updated_at"][0].as_py()}
        for day, share in (("2026-11-28", 0.5), ("2026-11-29", 0.75))
    ]
    flow.lake.append("quality", QUALITY.arrow(days))
    (notes,) = _document(flow)[0]["sources"]
    assert (notes["quality"]["day"], notes["quality"]["completeness"]) == ("2026-11-29", 0.75)


def test_it_holds_no_text_and_no_name_of_a_document(flow):
    told = json.dumps(_document(flow)[0], ensure_ascii=False)
    for secret in ("spade", "garden.md", "정원", "broken.pdf"):
        assert secret not in told


def test_the_command_writes_it_to_a_file_or_shows_it(flow, command, capsys, tmp_path):
    assert command("catalog", "export") == 0
    shown = json.loads(capsys.readouterr().out)
    file = tmp_path / "catalogue.json"
    assert command("catalog", "export", "-o", str(file)) == 0
    written = json.loads(file.read_text("utf-8"))
    assert {**written, "read_at": ""} == {**shown, "read_at": ""}
    assert command("catalog", "export", "-o", str(tmp_path / "none" / "file")) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_every_key_stands_on_the_page(flow, repository):
    made, tables = _document(flow)
    page = (repository / "docs" / "catalogues.md").read_text("utf-8")
    columns = tables["chunks"]["columns"][0]
    for key in (*made, *made["sources"][0], *tables["chunks"], *columns):
        assert f"`{key}`" in page, key


def test_datahub_takes_what_is_written_for_it(flow, command, repository, tmp_path):
    if find_spec("datahub") is None:
        pytest.skip("needs the package acryl-datahub")
    sync(flow.lake, ["chunks"])
    file = tmp_path / "datahub.json"
    assert command("catalog", "export", "--format", "datahub", "-o", str(file)) == 0
    program = [sys.executable, str(Path(__file__).with_name("read_by_datahub.py")), str(file)]
    run = subprocess.run(program, capture_output=True, text=True, env=dict(os.environ), check=False)
    assert run.returncode == 0, run.stderr[-2_000:]
    read = [json.loads(line) for line in run.stdout.splitlines()]
    _, tables = _document(flow)
    by_table: dict[str, dict[str, dict]] = {}
    for one in read:
        by_table.setdefault(one["urn"], {})[one["aspect"]] = one["value"]
    assert len(by_table) == len(tables)
    for aspects in by_table.values():
        properties = aspects["DatasetPropertiesClass"]
        table = tables[properties["name"]]
        assert properties["description"] == table["description"]
        assert int(properties["customProperties"]["rows"]) == table["rows"]
        fields = aspects["SchemaMetadataClass"]["fields"]
        assert [(field["fieldPath"], field["description"]) for field in fields] == [
            (column["name"], column["description"]) for column in table["columns"]
        ]
        keys = [field["fieldPath"] for field in fields if field["isPartOfKey"]]
        assert set(keys) == set(table["key"])
        owners = [one["owner"] for one in aspects["OwnershipClass"]["owners"]]
        assert len(owners) == len(table["owners"])
        above = aspects.get("UpstreamLineageClass", {"upstreams": []})["upstreams"]
        expected = {name for name in table["made_of"] if name in tables} - {table["name"]}
        assert len(above) == len(expected)
        assert {one["dataset"] for one in above} <= by_table.keys()
    assert len(read) == len(datahub.proposals(document.document(flow.project, MADE_OF)))
