"""S3, against moto's server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID

from doclake.sources.conformance import Case, Place
from tests.sources.conformance import failing
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.running import every_case, run

BUCKET = "papers"
SLOW_DOWN = (
    b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nConnection: close\r\n\r\n"
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code>'
    b"<Message>Please reduce your request rate.</Message></Error>"
)
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
}


class S3Place(Place):
    url = f"s3://{BUCKET}/docs"

    def __init__(self, endpoint: str, environment: pytest.MonkeyPatch) -> None:
        self._environment, self._endpoint = environment, endpoint
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        self.settings = {
            "storage_options": {"endpoint_url": endpoint},
            "access_from": ["s3_tags"],
        }
        self.client: Any = boto3.client("s3", endpoint_url=endpoint)
        self.client.create_bucket(Bucket=BUCKET)

    def put(self, name: str, text: str) -> str:
        self.client.put_object(Bucket=BUCKET, Key=f"docs/{name}.txt", Body=text.encode())
        return f"{name}.txt"

    def remove(self, path: str) -> None:
        self.client.delete_object(Bucket=BUCKET, Key=f"docs/{path}")

    def move(self, path: str, name: str) -> str:
        there = {"Bucket": BUCKET, "Key": f"docs/{path}"}
        self.client.copy_object(Bucket=BUCKET, Key=f"docs/{name}.txt", CopySource=there)
        self.remove(path)
        return f"{name}.txt"

    def restrict(self, path: str, readers: Sequence[str] | None) -> None:
        key = "doclake-acess" if readers is None else "doclake-access"  # misspelt: who knows?
        tags = [{"Key": key, "Value": " ".join(readers or ())}]
        self.client.put_object_tagging(Bucket=BUCKET, Key=f"docs/{path}", Tagging={"TagSet": tags})

    def lock(self) -> None:
        for name in CREDENTIALS:
            self._environment.delenv(name)

    def throttle(self) -> None:
        failing.throttle(urlsplit(self._endpoint).port, self._lead, SLOW_DOWN)

    def cut_short(self) -> None:
        failing.cut_short(self, urlsplit(self._endpoint).port, self._lead)

    def _lead(self, port: int) -> None:
        """Without tags, which are asked for one by one when all is listed."""
        once = {"config_kwargs": {"retries": {"max_attempts": 1}}}
        endpoint = {"endpoint_url": f"http://127.0.0.1:{port}"}
        self.settings = {"storage_options": {**endpoint, **once}}

    def vanish(self) -> None:
        reset = f"{self._endpoint}/moto-api/reset"
        urlopen(Request(reset, method="POST")).close()

    def fill(self, number: int) -> None:
        """In the server's own memory, and without tags, which cost a request each."""
        self.settings = {**self.settings, "access_from": []}
        store = get_backend("s3")[DEFAULT_ACCOUNT_ID]["global"]
        for each in range(number):
            store.put_object(BUCKET, f"docs/filler-{each:05}.txt", b"filler")


@pytest.fixture
def place(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    place = S3Place(endpoint, monkeypatch)
    yield place
    place.vanish()


@every_case
def test_s3(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_documents_of_s3_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_s3_that_cannot_be_listed_loses_nothing(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)
