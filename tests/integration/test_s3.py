"""The whole job from a bucket of a real S3 server."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

BUCKET = "ingested"


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
