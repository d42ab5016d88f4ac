"""Bundled, local and hub models; what is verified and what is refused."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from doclake.embed.models.bundled import BUNDLED
from doclake.embed.models.resolve import resolve
from doclake.embed.models.source import sha256_of
from doclake.errors import ModelError
from doclake.settings import BUNDLED_MODELS, EmbeddingSettings


def test_every_bundled_model_of_the_settings_is_here_with_its_limit():
    limits = {name: resolve(EmbeddingSettings(model=name)).max_tokens for name in BUNDLED}
    assert limits == BUNDLED_MODELS


def test_the_multilingual_model_brings_its_own_prompts_and_settings_override_them():
    own = resolve(EmbeddingSettings())
    assert (own.query_prompt, own.document_prompt) == ("query: ", "passage: ")
    other = resolve(EmbeddingSettings(query_prompt="Q: ", document_prompt=""))
    assert (other.query_prompt, other.document_prompt) == ("Q: ", "")


def test_a_bundled_file_that_was_changed_is_refused(tmp_path):
    source = resolve(EmbeddingSettings(model="all-MiniLM-L6-v2"))
    forged = tmp_path / "model.safetensors"
    forged.write_bytes(b"\0" * 1000)
    with pytest.raises(ModelError) as refused:
        replace(source, folder=tmp_path).verify()
    assert refused.value.facts["file"] == str(forged)


def test_a_file_is_read_again_as_soon_as_it_is_another(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCLAKE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("doclake.embed.models.cache._AT_REST", 0)
    file = tmp_path / "weights"
    file.write_bytes(b"as they should be")
    source = replace(
        resolve(EmbeddingSettings(model="all-MiniLM-L6-v2")),
        folder=tmp_path,
        sha256=(("weights", sha256_of(file)),),
    )
    source.verify()
    with monkeypatch.context() as patch:
        patch.setattr("doclake.embed.models.source.sha256_of", lambda _: "never read again")
        source.verify()
    before = file.stat()
    file.write_bytes(b"something else!!!")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    with pytest.raises(ModelError, match="weights"):
        source.verify()


def _unpack(cache: str) -> str:
    os.environ["DOCLAKE_CACHE"] = cache
    return str(resolve(EmbeddingSettings()).folder)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[str]]:
    """A cache into which two processes have unpacked a model at once, and where each found it."""
    cache = tmp_path_factory.mktemp("cache")
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        return cache, set(pool.map(_unpack, [str(cache)] * 2))


def test_two_processes_may_unpack_the_model_at_the_same_time(unpacked):
    cache, (folder,) = unpacked
    assert list((cache / "models").iterdir()) == [Path(folder)]


def test_an_unpacked_model_that_was_damaged_is_refused(unpacked, tmp_path, monkeypatch):
    shutil.copytree(unpacked[0], tmp_path, copy_function=os.link, dirs_exist_ok=True)
    monkeypatch.setenv("DOCLAKE_CACHE", str(tmp_path))
    config = resolve(EmbeddingSettings()).folder / "config.json"
    config.unlink()
    config.write_text("{}")
    with pytest.raises(ModelError, match=r"config\.json"):
        resolve(EmbeddingSettings()).verify()


def test_a_full_disk_is_told_with_the_variable_that_moves_the_cache(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("DOCLAKE_CACHE", str(blocked))
    with pytest.raises(ModelError, match="DOCLAKE_CACHE"):
        resolve(EmbeddingSettings())


def test_an_unknown_name_is_refused_with_the_names_that_are_known():
    with pytest.raises(ModelError, match="multilingual-e5-small"):
        resolve(EmbeddingSettings(model="no-such-model"))


def test_a_local_folder_is_taken_as_it_is(tmp_path):
    original = resolve(EmbeddingSettings(model="all-MiniLM-L6-v2")).folder
    folder = tmp_path / "mine"
    folder.symlink_to(original)
    source = resolve(EmbeddingSettings(model=str(folder)))
    assert (source.folder, source.max_tokens) == (original.resolve(), 256)


def test_a_folder_without_a_tokenizer_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        resolve(EmbeddingSettings(model=str(tmp_path)))


def test_the_limit_is_the_smaller_of_what_tokenizer_and_network_say(tmp_path):
    (tmp_path / "tokenizer.json").write_text("{}")
    (tmp_path / "config.json").write_text(json.dumps({"max_position_embeddings": 2048}))
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 1e30}))
    assert resolve(EmbeddingSettings(model=str(tmp_path))).max_tokens == 2048


IN_HUB_CACHE = """
import sys
from doclake.embed import Embedder
from doclake.errors import ModelError
from doclake.settings import EmbeddingSettings
for revision in sys.argv[1:]:
    try:
        embedder = Embedder(EmbeddingSettings(model="org/tiny", revision=revision, device="cpu"))
        print(embedder.source.folder.name, embedder.encode_documents(["text"]).vectors.shape[1])
    except ModelError as error:
        print(error)
"""
REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def hub_cache(tmp_path: Path) -> Path:
    """The cache of the hub's library, laid out as it does, with the model org/tiny."""
    place = tmp_path / "hub" / "models--org--tiny"
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text(REVISION)
    (place / "snapshots").mkdir()
    original = resolve(EmbeddingSettings(model="all-MiniLM-L6-v2")).folder
    (place / "snapshots" / REVISION).symlink_to(original)
    return tmp_path


def _without_hub_variables() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "TRANSFORMERS_"))}


@pytest.mark.slow
def test_a_hub_model_is_taken_at_its_revision_from_the_hubs_own_cache(hub_cache):
    """No hub can be asked here: its cache stands for it."""
    environment = os.environ | {"HF_HOME": str(hub_cache), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-c", IN_HUB_CACHE, REVISION, "v2"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found, missing = done.stdout.splitlines()
    assert found.split() == [REVISION, "384"]
    assert missing.startswith("The model org/tiny could not be fetched")


FROM_SILENT_HUB = """
from doclake.embed.models import hub
from doclake.errors import ModelError
hub.ANSWER_SECONDS = 0.5
print(hub.from_hub("org/tiny", None).name)
try:
    hub.from_hub("org/other", None)
except ModelError as error:
    print(error)
"""


def test_a_hub_that_gives_no_answer_is_not_waited_for(hub_cache):
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = f"http://127.0.0.1:{server.getsockname()[1]}"
        environment = _without_hub_variables() | {"HF_HOME": str(hub_cache)}
        done = subprocess.run(
            [sys.executable, "-c", FROM_SILENT_HUB],
            env=environment | {"HF_ENDPOINT": endpoint},
            capture_output=True,
            text=True,
            check=True,
        )
    found, missing = done.stdout.splitlines()
    assert found == REVISION
    assert missing.startswith("The model org/other could not be fetched from the hub: timed out")
    assert "./org/other" in missing


def test_only_a_hub_model_may_ask_the_hub():
    code = (
        "import os; from doclake.embed.models.hub import stay_offline; stay_offline({name!r}); "
        "print(os.environ.get('HF_HUB_OFFLINE'))"
    )
    for name, expected in (("multilingual-e5-small", "1"), ("org/model", "None")):
        run = [sys.executable, "-c", code.format(name=name)]
        assert (
            subprocess.check_output(run, env=_without_hub_variables(), text=True).strip()
            == expected
        )
