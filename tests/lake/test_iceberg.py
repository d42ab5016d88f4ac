"""Iceberg tables show what the Delta tables over the same files hold, and keep no file."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pytest

from doclake.errors import LakeError
from doclake.health import doctor
from doclake.lake.iceberg import forget, home, mark
from doclake.lake.iceberg.sync import sync
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.operate import maintenance
from doclake.tables import registry
from doclake.tables.registry import TABLES
from tests.flow import Flow
from tests.iceberg_readers import READERS
from tests.object_store import BUCKET, object_store

NOTHING = timedelta(0)


def _table(lake, name):
    from pyiceberg.table import StaticTable

    return StaticTable.from_metadata(home.place(lake, name))


def _rows(lake, name, snapshot=None) -> pa.Table:
    return _table(lake, name).scan(snapshot_id=snapshot).to_arrow_batch_reader().read_all()


def _files(lake, name) -> set[str]:
    return {urlsplit(task.file.file_path).path for task in _table(lake, name).scan().plan_files()}


def _ids(rows: pa.Table) -> list[str]:
    return sorted(rows["chunk_id"].to_pylist())


def _one(lake, name="chunks") -> Scope:
    """The first chunk, in a file with others."""
    row = min(lake.read(name).to_pylist(), key=lambda row: row["chunk_id"])
    return Scope("notes", [row["bucket"]], {"chunk_id": [row["chunk_id"]]})


def test_a_sync_takes_in_what_came_and_takes_out_what_went_and_says_which_commit_it_shows(flow):
    lake = flow.lake
    (first,) = sync(lake, ["signals"])
    assert (first.added, first.removed, first.files) == (first.files, 0, first.files)
    (again,) = sync(lake, ["signals"])
    assert (again.added, again.removed, again.metadata) == (0, 0, first.metadata)
    lake.delete("signals", _one(lake, "signals"))
    (third,) = sync(lake, ["signals"])
    assert (third.added, third.removed) in {(1, 1), (0, 1)}
    assert _files(lake, "signals") == set(lake.open("signals").file_uris())
    versions = [one.summary.additional_properties for one in _table(lake, "signals").snapshots()]
    assert [int(one[mark.VERSION]) for one in versions] == [first.version, lake.version("signals")]
    assert _ids(_rows(lake, "signals")) == _ids(lake.read("signals"))


@pytest.mark.parametrize("reader", READERS)
def test_rows_that_delta_wrote_anew_are_read_beside_those_it_appended(flow, reader):
    lake, rows = flow.lake, flow.lake.read("signals")
    one = rows.slice(0, 1).set_column(
        rows.schema.get_field_index("chunk_id"), rows.schema.field("chunk_id"), [["0" * 32]]
    )
    lake.append("signals", one)
    lake.delete("signals", _one(lake, "signals"))
    lake.append("signals", one)
    sync(lake, ["signals"])
    assert _ids(READERS[reader](home.place(lake, "signals"))) == _ids(lake.read("signals"))


def test_tables_that_were_never_written_are_left_out(flow):
    written = {name for name in TABLES if flow.lake.version(name) is not None}
    assert {one.table for one in sync(flow.lake, TABLES)} == written != set(TABLES)


def test_columns_are_described_and_a_new_one_leaves_the_ids_of_the_others(flow, monkeypatch):
    signals = TABLES["signals"]
    fewer = pa.schema([field for field in signals.schema if field.name != signals.schema.names[5]])
    with monkeypatch.context() as earlier:
        earlier.setitem(registry.TABLES, "signals", replace(signals, schema=fewer))
        sync(flow.lake, ["signals"])
        before = _table(flow.lake, "signals").schema()
    sync(flow.lake, ["signals"])
    table = _table(flow.lake, "signals")
    now = {field.name: field for field in table.schema().fields}
    assert set(now) == set(signals.schema.names) != {field.name for field in before.fields}
    assert all(now[field.name].field_id == field.field_id for field in before.fields)
    for field in signals.schema:
        assert now[field.name].doc == field.metadata[b"comment"].decode()
    by_name = flow.lake.read("signals").sort_by("chunk_id")
    rows = _rows(flow.lake, "signals").select(by_name.column_names).sort_by("chunk_id")
    new = signals.schema.names[5]
    assert sorted(map(str, rows[new].to_pylist())) == sorted(map(str, by_name[new].to_pylist()))


def test_a_column_of_another_type_makes_the_table_anew(flow, monkeypatch):
    signals = TABLES["signals"]
    index = signals.schema.get_field_index("chunk_id")
    other = signals.schema.set(index, signals.schema.field(index).with_type(pa.binary()))
    with monkeypatch.context() as earlier:
        earlier.setitem(registry.TABLES, "signals", replace(signals, schema=other))
        sync(flow.lake, ["signals"])
        uuid = _table(flow.lake, "signals").metadata.table_uuid
    sync(flow.lake, ["signals"])
    assert _table(flow.lake, "signals").metadata.table_uuid != uuid
    assert _ids(_rows(flow.lake, "signals")) == _ids(flow.lake.read("signals"))


def test_a_moved_lake_and_a_copy_have_tables_of_their_own_files(flow, tmp_path):
    sync(flow.lake, ["chunks"])
    copy = Lake(str(tmp_path / "a copy, 사본" / "lake"))
    shutil.copytree(flow.lake.url, copy.url)
    (done,) = sync(copy, ["chunks"])
    assert done.added == done.files
    assert all(Path(file).is_relative_to(copy.url) for file in _files(copy, "chunks"))
    assert all(Path(file).is_relative_to(flow.lake.url) for file in _files(flow.lake, "chunks"))
    for reader in READERS.values():
        assert _ids(reader(home.place(copy, "chunks"))) == _ids(flow.lake.read("chunks"))


def test_the_catalog_of_a_folder_knows_the_tables_by_name(flow):
    from pyiceberg.catalog import load_catalog

    sync(flow.lake, ["chunks", "ledger"])
    where = f"sqlite:///{flow.lake.url}/iceberg/catalog.db"
    catalog = load_catalog("doclake", type="sql", uri=where)
    assert {name for _, name in catalog.list_tables("doclake")} == {"chunks", "ledger"}
    table = catalog.load_table("doclake.chunks")
    assert _ids(table.scan().to_arrow_batch_reader().read_all()) == _ids(flow.lake.read("chunks"))
    assert table.properties["comment"] == TABLES["chunks"].about
    catalog.close()


KILLED = """
import os, signal, sys
from doclake.lake.iceberg import home, sync
from doclake.lake.lake import Lake

die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
module, name = {"made": (sync, "_commit"), "committed": (home, "point")}[sys.argv[2]]
setattr(module, name, die)
sync.sync(Lake(sys.argv[1]), ["chunks"])
"""


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["made", "committed"])
@pytest.mark.parametrize("first", [True, False])
def test_a_sync_that_is_killed_is_made_good_by_the_next(flow, moment, first):
    lake = flow.lake
    if not first:
        sync(lake, ["chunks"])
        before = _ids(READERS["duckdb"](home.place(lake, "chunks")))
        lake.delete("chunks", _one(lake))
    run = subprocess.run([sys.executable, "-c", KILLED, lake.url, moment], cwd=Path.cwd())
    assert run.returncode == -signal.SIGKILL
    if not first:  # readers see the whole of what was there before
        shown = mark.shown(lake, "chunks")
        assert shown is not None and shown.version < lake.version("chunks")
        assert len(before) == len(_ids(lake.read("chunks"))) + 1
    sync(lake, ["chunks"])
    for reader in READERS.values():
        assert _ids(reader(home.place(lake, "chunks"))) == _ids(lake.read("chunks"))
    forget.forget_old(lake, "chunks", NOTHING)
    metadata = Path(home.place(lake, "chunks"), "metadata")
    assert len(list(metadata.glob("snap-*.avro"))) == 1


def test_what_is_damaged_or_lost_of_the_metadata_is_made_anew(flow):
    lake = flow.lake
    for harm in ("hint", "metadata", "catalog"):
        (done,) = sync(lake, ["chunks"])
        if harm == "hint":
            Path(home.place(lake, "chunks"), "metadata/version-hint.text").write_bytes(b"\xff\x00")
        elif harm == "metadata":
            Path(urlsplit(done.metadata).path).write_text("{")
        else:
            Path(lake.url, "iceberg", home.CATALOG).unlink()
        sync(lake, ["chunks"])
        assert _ids(_rows(lake, "chunks")) == _ids(lake.read("chunks"))


def test_maintenance_removes_no_file_that_an_iceberg_table_names(flow, monkeypatch):
    flow.configure(iceberg=["signals"], retention={"history": "0s"})
    monkeypatch.setattr(maintenance, "SHORTEST_HISTORY", NOTHING)
    monkeypatch.setattr(forget, "_MANY", 1)
    lake = flow.lake
    sync(lake, TABLES)
    for _ in range(2):
        lake.delete("signals", _one(lake, "signals"))
        sync(lake, ["signals"])
    lake.delete("signals", _one(lake, "signals"))  # which no sync has seen
    maintenance.run(flow.project)
    assert home.names(lake) == ["signals"]  # the others are no longer asked for
    for reader in READERS.values():
        assert _ids(reader(home.place(lake, "signals"))) == _ids(lake.read("signals"))
    table = _table(lake, "signals")
    (snapshot,) = table.snapshots()
    assert len(snapshot.manifests(table.io)) == 1
    assert [one for one in doctor.examine(flow.project) if one.check == "iceberg"] == []


def test_a_snapshot_within_the_retention_is_still_read(flow):
    flow.configure(iceberg=True)
    lake = flow.lake
    sync(lake, ["signals"])
    before = lake.read("signals").num_rows
    old = _table(lake, "signals").current_snapshot().snapshot_id
    lake.delete("signals", _one(lake, "signals"))
    maintenance.run(flow.project)
    assert _rows(lake, "signals", old).num_rows == before
    assert _rows(lake, "signals").num_rows == lake.read("signals").num_rows < before


def test_metadata_holds_no_value_of_a_column_but_of_partitions(flow):
    sync(flow.lake, ["chunks"])
    for task in _table(flow.lake, "chunks").scan().plan_files():
        assert not task.file.lower_bounds
        assert not task.file.upper_bounds
        assert task.file.partition[0] == "notes"


def test_the_doctor_tells_how_far_a_table_is_behind_and_that_is_no_fault(flow):
    flow.configure(iceberg=["signals"])
    sync(flow.lake, ["signals"])
    assert [one for one in doctor.examine(flow.project) if one.check == "iceberg"] == []
    flow.lake.delete("signals", _one(flow.lake, "signals"))
    (found,) = [one for one in doctor.examine(flow.project) if one.check == "iceberg"]
    assert found.message == "The Iceberg table signals is 1 commits behind."
    assert found.mend == "doclake export iceberg"
    assert not found.invariant


def test_no_table_uses_what_files_alone_do_not_say_and_one_that_does_is_refused(flow):
    from deltalake import TableFeatures

    for name in TABLES:
        table = flow.lake.open(name)
        assert table is None or not table.protocol().reader_features
    flow.lake.open("signals").alter.add_feature(
        TableFeatures.DeletionVectors, allow_protocol_versions_increase=True
    )
    with pytest.raises(LakeError, match="deletionVectors") as refused:
        sync(flow.lake, ["signals"])
    assert refused.value.facts["table"] == "signals"
    assert home.names(flow.lake) == []


@pytest.mark.slow
def test_a_lake_in_s3_has_them_beside_its_tables(flow, monkeypatch):
    from pyiceberg.table import StaticTable

    with object_store() as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        lake = Lake(f"s3://{BUCKET}/lake")
        lake.append("chunks", flow.lake.read("chunks"))
        sync(lake, ["chunks"])
        lake.append("chunks", flow.lake.read("chunks"))
        (done,) = sync(lake, ["chunks"])
        assert 0 < done.added < done.files
        store = {"s3.endpoint": environment["AWS_ENDPOINT_URL"], "s3.region": "us-east-1"}
        table = StaticTable.from_metadata(home.place(lake, "chunks"), store)
        assert _ids(table.scan().to_arrow_batch_reader().read_all()) == _ids(lake.read("chunks"))
        forget.before_vacuum(lake, "chunks", NOTHING, ["chunks"])
        table = StaticTable.from_metadata(home.place(lake, "chunks"), store)
        assert len(table.snapshots()) == 1
        forget.before_vacuum(lake, "chunks", NOTHING, [])
        assert home.names(lake) == []


def test_the_command_brings_them_in_step_and_says_so(flow: Flow, command, capsys):
    assert command("export", "iceberg") == 2
    assert "iceberg: true" in capsys.readouterr().err
    flow.configure(iceberg=True)
    assert command("export", "iceberg", "-o", "somewhere") == 2
    assert "whoever may read it" in capsys.readouterr().err
    assert command("export", "iceberg") == 0
    assert "Iceberg tables in step" in capsys.readouterr().out
    assert command("export", "iceberg", "--json") == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {one["table"] for one in told} == set(home.names(flow.lake))
    assert {(one["added"], one["removed"]) for one in told} == {(0, 0)}
