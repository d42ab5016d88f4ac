"""S3 against a real server on this machine (moto's), through s3fs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from doclake.errors import DocumentUnreadable, ListingIncomplete, SettingsError
from doclake.sources import Source, bucket_digests, signature
from tests.sources.places import Opener, paths, read, silent_server


@pytest.fixture
def s3(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A boto3 client, and an empty bucket `papers`; credentials by environment alone."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client("s3", endpoint_url=endpoint)
    client.create_bucket(Bucket="papers")
    yield client
    for item in client.list_objects_v2(Bucket="papers").get("Contents", ()):
        client.delete_object(Bucket="papers", Key=item["Key"])
    client.delete_bucket(Bucket="papers")


@pytest.fixture
def papers(opened: Opener, endpoint: str, s3: Any) -> Opener:
    def open_it(url: str = "s3://papers/docs", **given: Any) -> Source:
        return opened(url, storage_options={"endpoint_url": endpoint}, **given)

    return open_it


def put(client: Any, *keys: str, body: bytes = b"content") -> None:
    for key in keys:
        client.put_object(Bucket="papers", Key=key, Body=body)


def test_a_prefix_is_listed_with_tags_and_times_and_read_back(papers: Opener, s3: Any) -> None:
    put(s3, "docs/a.txt", "docs/b/c.pdf", "docs2/d.txt", "e.txt")
    source = papers()
    (batch,) = source.list()
    rows = {row["path"]: row for row in batch.to_pylist()}
    assert set(rows) == {"a.txt", "b/c.pdf"}
    row = rows["b/c.pdf"]
    head = s3.head_object(Bucket="papers", Key="docs/b/c.pdf")
    assert (row["size"], row["mtime"]) == (7, head["LastModified"])
    assert f'"{row["etag"]}"' == head["ETag"]
    assert read(source, "b/c.pdf") == b"content"
    assert source.local_file("b/c.pdf") is None


def test_a_whole_bucket_is_a_source_too(papers: Opener, s3: Any) -> None:
    put(s3, "docs/a.txt", "e.txt")
    source = papers("s3://papers")
    assert paths(source.list()) == {"docs/a.txt", "e.txt"}
    assert read(source, "e.txt") == b"content"


def test_odd_keys_are_listed_and_read_back(papers: Opener, s3: Any) -> None:
    keys = {
        "한글 문서.txt",
        "a+b %20&c.txt",
        "😀.txt",
        "what?#x.txt",
        "a//b.txt",
    }
    put(s3, *(f"docs/{key}" for key in keys))
    source = papers()
    assert paths(source.list()) == keys
    assert all(read(source, key) == b"content" for key in keys)


def test_folder_markers_hidden_keys_and_globs_are_left_out(papers: Opener, s3: Any) -> None:
    put(s3, "docs/", "docs/b/", body=b"")
    put(s3, "docs/a.pdf", "docs/a.txt", "docs/.git/HEAD", "docs/b/~$a.pdf", "docs/old/a.pdf")
    source = papers(include=["*.pdf"], exclude=["old/"])
    assert paths(source.list()) == {"a.pdf"}
    assert source.left_out == {"junk": 2, "not included": 1, "excluded": 1}


def test_a_listing_of_more_than_one_page_is_whole(
    papers: Opener, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doclake.sources.s3.PAGE_KEYS", 7)
    put(s3, *(f"docs/{number:04d}.txt" for number in range(40)))
    source = papers(buckets=4)
    listed = paths(source.list())
    assert len(listed) == 40
    assert paths(source.list({"01"})) == {path for path in listed if source.bucket(path) == "01"}


def test_a_rewritten_object_changes_its_signature_and_its_bucket(papers: Opener, s3: Any) -> None:
    put(s3, "docs/a.txt", "docs/b.txt")
    source = papers(buckets=64)

    def seen() -> tuple[dict[str, str], dict[str, str]]:
        batches = list(source.list())
        rows = [row for batch in batches for row in batch.to_pylist()]
        told = {row["path"]: signature(row) for row in rows}
        return told, bucket_digests(batches, source.name, source.buckets)

    told, digests = seen()
    put(s3, "docs/a.txt", body=b"CONTENT")  # the same size
    told_after, digests_after = seen()
    assert told["b.txt"] == told_after["b.txt"]
    assert told["a.txt"] != told_after["a.txt"]
    changed = [name for name in digests if digests[name] != digests_after[name]]
    assert changed == [source.bucket("a.txt")]


def test_an_empty_prefix_is_an_error_unless_allowed(papers: Opener) -> None:
    with pytest.raises(ListingIncomplete, match="allow_empty"):
        list(papers().list())
    assert list(papers(allow_empty=True).list()) == []


def test_a_missing_bucket_makes_the_listing_incomplete(papers: Opener) -> None:
    with pytest.raises(ListingIncomplete) as error:
        list(papers("s3://no-such-bucket/docs").list())
    assert error.value.facts["source"] == "docs"


def test_a_server_that_refuses_makes_the_listing_incomplete(
    opened: Opener, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with silent_server() as address:
        pass  # it is closed again
    source = opened("s3://papers", storage_options={"endpoint_url": f"http://{address}"})
    with pytest.raises(ListingIncomplete, match="Could not connect"):
        list(source.list())


def test_a_server_that_hangs_makes_the_listing_incomplete_in_time(
    opened: Opener, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doclake.sources.s3.ANSWER_SECONDS", 1.0)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with silent_server() as address:
        options = {"endpoint_url": f"http://{address}", "config_kwargs": {"read_timeout": 3}}
        source = opened("s3://papers", storage_options=options)
        with pytest.raises(ListingIncomplete, match="no answer within 1 s"):
            list(source.list())


def test_a_server_that_dies_between_pages_makes_the_listing_incomplete(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in [("KEY_ID", "ACCESS_KEY_ID"), ("SECRET", "SECRET_ACCESS_KEY")]:
        monkeypatch.setenv(f"AWS_{value}", name)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    url = f"http://{host}:{port}"
    client = boto3.client("s3", endpoint_url=url)
    client.create_bucket(Bucket="papers")
    put(client, *(f"docs/{number:04d}.txt" for number in range(25)))
    options = {"endpoint_url": url, "config_kwargs": {"retries": {"max_attempts": 1}}}
    source = opened("s3://papers/docs", storage_options=options)
    source.filesystem.retries = 1
    monkeypatch.setattr("doclake.sources.base.BATCH_ROWS", 5)
    monkeypatch.setattr("doclake.sources.s3.PAGE_KEYS", 10)
    listing = source.list()
    seen = [next(listing), next(listing)]
    server.stop()
    with pytest.raises(ListingIncomplete):
        seen.extend(listing)
    assert len(paths(seen)) == 10


def test_a_missing_object_is_unreadable(papers: Opener, s3: Any) -> None:
    put(s3, "docs/a.txt")
    with pytest.raises(DocumentUnreadable) as error:
        papers().open("b.txt")
    assert error.value.facts == {"source": "docs", "path": "b.txt"}


def test_an_object_without_content_reads_as_nothing(papers: Opener, s3: Any) -> None:
    put(s3, "docs/empty.txt", body=b"")
    assert read(papers(), "empty.txt") == b""


def test_missing_credentials_are_named(
    papers: Opener, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(s3, "docs/a.txt")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    with pytest.raises(ListingIncomplete, match="credentials"):
        list(papers().list())


def test_a_url_of_no_known_kind_is_refused_with_its_key(opened: Opener) -> None:
    with pytest.raises(SettingsError) as error:
        list(opened("gopher-drive://x/y").list())
    assert error.value.problems[0][:2] == ("sources.docs.url", "gopher-drive://x/y")


def test_tags_of_an_object_say_who_may_read_it(papers: Opener, s3: Any) -> None:
    tags = {
        "plain.txt": {},
        "own.txt": {"doclake-access": "user:kim  group:finance", "team": "x"},
        "kim+hr.txt": {"doclake-access": "user:kim+hr@noeul.example"},
        "denied.txt": {"doclake-deny": "group:interns"},
        "nobody.txt": {"doclake-access": ""},
        "wrong.txt": {"doclake-acess": "everyone"},
    }
    for name, of_object in tags.items():
        put(s3, f"docs/{name}")
        listed = [{"Key": key, "Value": value} for key, value in of_object.items()]
        if listed:
            s3.put_object_tagging(Bucket="papers", Key=f"docs/{name}", Tagging={"TagSet": listed})
    source = papers(access_from=["s3_tags"])
    rows = {row["path"]: row for batch in source.list() for row in batch.to_pylist()}
    assert {path: (row["access"], row["denied"]) for path, row in rows.items()} == {
        "plain.txt": (None, None),
        "own.txt": (["group:finance", "user:kim"], None),
        "kim+hr.txt": (["user:kim+hr@noeul.example"], None),
        "denied.txt": (None, ["group:interns"]),
        "nobody.txt": ([], None),
        "wrong.txt": ([], None),
    }
    assert source.unclear_count == 1 and "wrong.txt: found the tag" in source.unclear[0]


def test_an_object_whose_tags_nobody_tells_is_nobodys(
    papers: Opener, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(s3, "docs/a.txt", "docs/b.txt")
    source = papers(access_from=["s3_tags"])
    ask = source.filesystem.call_s3

    def refused(method: str, **given: Any) -> Any:
        if method == "get_object_tagging" and given["Key"] == "docs/a.txt":
            raise PermissionError("Access Denied")
        return ask(method, **given)

    monkeypatch.setattr(source.filesystem, "call_s3", refused)
    (batch,) = source.list()
    assert {row["path"]: row["access"] for row in batch.to_pylist()} == {"a.txt": [], "b.txt": None}
    assert source.unclear == [
        "a.txt: found no tags: Access Denied; expected: the right to GetObjectTagging. "
        "Until it is mended nobody may read it."
    ]


def test_sidecars_are_objects_beside_objects(
    papers: Opener, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key is listed before or after what governs it, and on another page."""
    monkeypatch.setattr("doclake.sources.s3.PAGE_KEYS", 2)
    put(s3, "docs/x/!a.txt", "docs/x/b.txt", "docs/x/y/c.txt", "docs/z.txt")
    put(s3, "docs/x/.access.yaml", body=b"allow: [one]")
    put(s3, "docs/x/y/c.txt.access.yaml", body="allow: [둘]\ndeny: [셋]".encode())
    (batch,) = papers(access_from=["sidecar", "s3_tags"]).list()
    assert {row["path"]: (row["access"], row["denied"]) for row in batch.to_pylist()} == {
        "x/!a.txt": (["one"], None),
        "x/b.txt": (["one"], None),
        "x/y/c.txt": (["둘"], ["셋"]),
        "z.txt": (None, None),
    }
