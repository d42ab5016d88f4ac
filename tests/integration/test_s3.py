"""The whole job from a bucket of a real S3 server, and into one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from doclake.health import damage
from doclake.operate import repair
from tests.object_store import BUCKET as LAKES
from tests.object_store import object_store

BUCKET = "ingested"
MACHINES = Path(__file__).with_name("machines.py")
KILLS = 20


@pytest.fixture
def bucket(monkeypatch) -> Iterator[tuple[str, object]]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    client = boto3.client("s3", endpoint_url=url)
    client.create_bucket(Bucket=BUCKET)
    yield url, client
    # moto keeps one world for the whole process: leave nothing for the next test.
    for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=item["Key"])
    client.delete_bucket(Bucket=BUCKET)
    server.stop()


def test_documents_of_a_bucket_are_ingested_changed_and_deleted(project, bucket):
    url, client = bucket
    for name in ("a.md", "보고서/b.md", "left-out.tmp"):
        text = f"# {name}\n\nThe tide gauge of {name} stands in the harbour.\n"
        client.put_object(Bucket=BUCKET, Key=f"docs/{name}", Body=text.encode())
    source = {
        "url": "s3://ingested/docs",
        "exclude": ["*.tmp"],
        "access": ["everyone"],
        "buckets": 2,
        "storage_options": {"endpoint_url": url},
    }
    project.configure(sources={"notes": source})
    project.ingest()
    assert set(project.texts()) == {"a.md", "보고서/b.md"}

    client.put_object(Bucket=BUCKET, Key="docs/a.md", Body=b"# A\n\nMoved to the pier.\n")
    client.delete_object(Bucket=BUCKET, Key="docs/보고서/b.md")
    metadata = project.ingest().metadata
    assert metadata["documents"]["changed"] == 1
    assert metadata["documents"]["deleted"] == 1
    assert metadata["documents"]["documents_unchanged"] == 0
    assert set(project.texts()) == {"a.md"}
    assert project.balance().balanced
    assert project.ingest().metadata["elements"]["documents_done"] == 0


@pytest.mark.slow
def test_a_lake_in_a_bucket_ends_as_one_in_a_folder_and_names_what_is_lost_of_it(flow, monkeypatch):
    wanted = sorted(flow.lake.read("chunks", columns=["chunk_id"])["chunk_id"].to_pylist())
    with object_store() as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        flow.configure(lake=f"s3://{LAKES}/lake")
        flow.run()
        assert sorted(flow.lake.read("chunks", columns=["chunk_id"])["chunk_id"].to_pylist()) == (
            wanted
        )
        assert flow.project.index.require()[1].count() == len(wanted)
        assert flow.findings() == []

        bucket = boto3.resource("s3", endpoint_url=environment["AWS_ENDPOINT_URL"]).Bucket(LAKES)
        (lost,) = bucket.objects.filter(Prefix="lake/tables/chunks/source=notes/bucket=01/")
        lost.delete()
        todo = repair.plan(flow.project)
        assert [f"lake/{file.path}" for file in todo.damaged] == [lost.key]
        repair.begin(flow.project, todo)
        assert damage.find(flow.project, thorough=True) == []


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_two_machines_that_are_killed_end_in_the_state_of_one(tmp_path):
    ran = subprocess.run(
        [sys.executable, str(MACHINES), str(tmp_path), str(KILLS)], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    outcome = json.loads(ran.stdout.splitlines()[-1])
    assert outcome["kills"] >= KILLS
    assert [problems for _, problems in outcome["trials"] if problems] == []
