"""Google Cloud Storage and Azure, against their emulators, and fsspec's store in memory."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import fsspec
import pytest
import yaml
from azure.storage.blob import BlobServiceClient

from doclake.errors import DocumentUnreadable
from doclake.sources.conformance import Case, NotOffered, Place
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.running import every_case, run
from tests.sources.local_servers import free_port, own_folder, program, running
from tests.sources.places import paths, read

AZURE_KEY = (  # that of each Azurite, and of no account
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)


class StorePlace(Place):
    """What fsspec writes to as well as it reads from."""

    settings: Mapping[str, Any] = {"access_from": ["sidecar"]}

    def __init__(self, url: str) -> None:
        self.url = url
        self._store, self._root = fsspec.core.url_to_fs(
            url, skip_instance_cache=True, use_listings_cache=False
        )
        self.empty()

    def empty(self) -> None:
        for file in self._store.find(self._root):
            self._store.rm_file(file)

    def put(self, name: str, text: str) -> str:
        if self.url.startswith("az:") and "?" in name:
            raise NotOffered("its library takes no `?` in a name")
        self._store.pipe_file(f"{self._root}/{name}.txt", text.encode())
        return f"{name}.txt"

    def remove(self, path: str) -> None:
        self._store.rm_file(f"{self._root}/{path}")

    def move(self, path: str, name: str) -> str:
        self._store.cp_file(f"{self._root}/{path}", f"{self._root}/{name}.txt")
        self.remove(path)
        return f"{name}.txt"

    def restrict(self, path: str, readers: Sequence[str] | None) -> None:
        said = "allow: {" if readers is None else yaml.safe_dump({"allow": [*readers]})
        self._store.pipe_file(f"{self._root}/{path}.access.yaml", said.encode())

    def throttle(self) -> None:
        self._wait_for_minutes()
        super().throttle()

    def cut_short(self) -> None:
        self._wait_for_minutes()
        super().cut_short()

    def _wait_for_minutes(self) -> None:
        if not self.url.startswith("memory"):
            raise NotOffered("its library asks again for minutes")

    def vanish(self) -> None:
        self.empty()

    def fill(self, number: int) -> None:
        if not self.url.startswith("memory"):
            raise NotOffered("its emulator takes minutes to be filled")
        super().fill(number)


@pytest.fixture(scope="module")
def gcs() -> Iterator[str]:
    """Google's emulator in a process of its own; the variable tells its clients where it is."""
    emulator, port = program("gcp-storage-emulator"), free_port()
    with own_folder() as (folder, _), pytest.MonkeyPatch.context() as environment:
        environment.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
        environment.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")  # it waits for a minute
        command = [emulator, "start", "--host", "127.0.0.1", "--port", str(port), "--in-memory"]
        with running([*command, "--default-bucket", "papers"], {"cwd": folder}, _answers(port)):
            yield "gs://papers/docs"


@pytest.fixture(scope="module")
def azure() -> Iterator[str]:
    emulator, port = program("azurite-blob"), free_port()
    account = f"http://127.0.0.1:{port}/devstoreaccount1"
    with own_folder() as (folder, _), pytest.MonkeyPatch.context() as environment:
        environment.setenv(
            "AZURE_STORAGE_CONNECTION_STRING",
            f"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={AZURE_KEY};"
            f"BlobEndpoint={account};",
        )
        command = [emulator, "--blobHost", "127.0.0.1", "--blobPort", str(port), "--silent"]
        command += ["--location", str(folder), "--skipApiVersionCheck"]
        with running(command, {"cwd": folder}, _answers(port)):
            fsspec.filesystem("az", skip_instance_cache=True).mkdir("papers")
            yield "az://papers/docs"


def _answers(port: int) -> Any:
    def asked() -> None:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()

    return asked


@pytest.fixture(params=["memory", "gcs", "azure"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    known = request.param == "memory"
    place = StorePlace("memory://docs" if known else request.getfixturevalue(request.param))
    yield place
    place.empty()


@every_case
def test_a_store(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_documents_of_a_store_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_a_store_that_cannot_be_listed_loses_nothing(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)


def test_a_blob_whose_name_its_library_changes_is_unreadable_and_never_another(
    azure: str,
) -> None:
    """adlfs cuts the `?` out, and would read the other one."""
    store = StorePlace(azure)
    store.put("what#x", "of another")
    service = BlobServiceClient.from_connection_string(
        os.environ["AZURE_STORAGE_CONNECTION_STRING"]
    )
    with service, service.get_blob_client("papers", "docs/what?#x.txt") as blob:
        blob.upload_blob(b"its own")
        source = store.opened()
        assert paths(source.list()) == {"what#x.txt", "what?#x.txt"}
        assert read(source, "what#x.txt") == b"of another"
        with pytest.raises(DocumentUnreadable, match="a file of this name"):
            read(source, "what?#x.txt")
        blob.delete_blob()
