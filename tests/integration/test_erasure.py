"""An erased document is nowhere: not in a byte, not in a value that a file holds once decoded.

The ingest is the real Dagster job, with its history in files.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import boto3
import pymupdf
import pytest

from doclake.govern import erasure, erasure_targets
from doclake.health import erased_rows
from doclake.lake.iceberg import home
from doclake.lake.iceberg.sync import sync
from doclake.stages import search_index
from doclake.tables.registry import TABLES
from tests.erased_text import places_of
from tests.flow import Flow
from tests.iceberg_readers import by_duckdb, by_pyiceberg
from tests.object_store import BUCKET, object_store

PHRASE = "zanzibarquux"
NAME = "quuxson"
KOREAN = "잔지바르퀙"


def _mail() -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "The well", "a@example.com", "b@example.com"
    mail.set_content("The well was dug in March.\n")
    mail.add_attachment(f"The {PHRASE} pump stands in the shed.\n", filename="pump.txt")
    return bytes(mail)


def _pdf() -> bytes:
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 100), f"The {PHRASE} of the pond.", fontsize=12)
        document.set_metadata({"author": f"Minji {NAME.title()}"})
        return document.tobytes()


@pytest.fixture
def planted(flow, command):
    """Three documents that hold the phrase among others, in an index with every kind of trace: a
    version before and a table that retired."""
    (flow.documents / f"{NAME}.eml").write_bytes(_mail())
    (flow.documents / f"{NAME}.pdf").write_bytes(_pdf())
    flow.write(f"{NAME}_{KOREAN}.md", f"# Notes\n\nThe first {PHRASE}.\n")
    flow.write(f"{NAME}_broken.docx", f"PK {PHRASE}\n")
    assert command("ingest") == 0
    flow.write(f"{NAME}_{KOREAN}.md", f"# Notes\n\nThe second {PHRASE}, {KOREAN}.\n")
    flow.run()
    search_index.run(flow.project, rebuild=True)
    return flow


def _held(flow) -> set[str]:
    """Where the phrase or the name stands, but for the documents themselves."""
    folders = [flow.folder / "lake", flow.folder / "home"]
    return {
        place
        for folder in folders
        for text in (PHRASE, NAME, KOREAN)
        for place in places_of(text, folder)
    }


def test_nothing_holds_an_erased_text_any_more(planted, command, capsys):
    before = _held(planted)
    assert {place.split()[0] for place in before} >= {".parquet", ".lance", ".db"}
    assert any("_change_data" in place for place in before)
    documents = [
        f"--document={NAME}{end}" for end in (".eml", ".pdf", f"_{KOREAN}.md", "_broken.docx")
    ]
    capsys.readouterr()
    file = planted.folder / "certificate.json"
    arguments = ["erase", *documents, "--yes", "--json", "--certificate", str(file)]
    assert command(*arguments) == 0
    told = json.loads(capsys.readouterr().out)
    assert _held(planted) == set()
    assert json.loads(file.read_text()) == told
    assert {PHRASE, NAME}.isdisjoint(json.dumps(told).split())
    assert told["rows"]["documents"] == 4
    assert told["rows"]["ledger"] == 5  # and the attachment
    assert len({hash for one in told["documents"] for hash in one["hashes"]}) == 5
    assert told["history"]["runs"] >= 2
    assert planted.findings() == []
    planted.run()
    assert _held(planted) == set()
    assert planted.lake.read("documents").num_rows == 5  # the others
    assert planted.findings() == []


def test_iceberg_tables_hold_nothing_of_it_and_miss_no_file(planted, command):
    planted.configure(iceberg=True)
    lake = planted.lake
    sync(lake, TABLES)
    planted.write(f"{NAME}_{KOREAN}.md", f"# Notes\n\nThe third {PHRASE}.\n")
    planted.run()  # whose commits no sync has seen
    assert command("erase", "--source", "notes", "--yes") == 0
    assert _held(planted) == set()
    for name in home.names(lake):
        place = home.place(lake, name)
        assert by_duckdb(place).num_rows == by_pyiceberg(place).num_rows
    for name in ("documents", "ledger", "chunks"):
        assert by_duckdb(home.place(lake, name)).num_rows == 0


@pytest.mark.slow
def test_an_erasure_in_a_bucket_leaves_nothing_there(tmp_path, monkeypatch):
    with object_store() as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        flow = Flow.of_small_documents(tmp_path / "flow")
        flow.configure(lake="s3://lakes/one")
        flow.write("secret.md", f"# Secret\n\nThe {PHRASE}.\n")
        flow.run()
        assert places_of(PHRASE, _downloaded(tmp_path / "before"))
        targets = erasure_targets.of_documents(flow.project, ["secret.md"], None)
        done = erasure.finish(flow.project, erasure.begin(flow.project, targets))
        assert any("Former versions that the bucket keeps" in what for what in done.not_reached)
        assert places_of(PHRASE, _downloaded(tmp_path / "after")) == set()
        flow.run()
        assert flow.findings() == []


def _downloaded(folder: Path) -> Path:
    """Every object of the bucket."""
    client = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for item in page["Contents"]:
            file = folder / item["Key"]
            file.parent.mkdir(parents=True, exist_ok=True)
            client.download_file(BUCKET, item["Key"], str(file))
    return folder


@pytest.mark.slow
def test_an_erasure_that_is_killed_again_and_again_leaves_nothing(planted, repository):
    ends = (".eml", ".pdf", f"_{KOREAN}.md", "_broken.docx")
    documents = [f"--document={NAME}{end}" for end in ends]
    environment = os.environ | {"PYTHONPATH": str(repository)}
    command = [sys.executable, "-m", "doclake_dagster.pipelines.cli", "erase", "--yes"]
    started, killed = time.monotonic(), 0
    first = subprocess.Popen([*command, *documents], env=environment)
    while not erased_rows.unfinished(planted.lake):
        assert first.poll() is None
    seconds = time.monotonic() - started
    first.kill()
    first.wait()
    while True:
        again = subprocess.Popen(command, env=environment)
        try:
            assert again.wait(seconds) == 0
            break
        except subprocess.TimeoutExpired:
            again.kill()
            again.wait()
            killed, seconds = killed + 1, seconds + 0.1
    assert killed > 2
    assert _held(planted) == set()
    planted.run()
    assert planted.findings() == []
