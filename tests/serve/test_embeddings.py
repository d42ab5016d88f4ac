"""The lake's model over HTTP: OpenAI's requests and answers, under the rules of every server."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from doclake.embed import Embedder
from doclake.errors import ModelError, SettingsError
from doclake.project import Project
from doclake.serve.run import run_embeddings
from doclake.settings import EmbeddingSettings
from tests.serve.conftest import TOKENS, write_tokens
from tests.served import Answer, Served, serving_embeddings

MODEL = "all-MiniLM-L6-v2"
SETTINGS = {"model": MODEL, "device": "cpu", "dtype": "float32", "query_prompt": "query: "}
TOKEN = next(iter(TOKENS))


def project_in(folder: Path, **settings: Any) -> Project:
    write_tokens(folder / "tokens.yaml", TOKENS)
    serve = {"token_file": "tokens.yaml"}
    settings = {"lake": "lake", "embedding": SETTINGS, "serve": serve} | settings
    (folder / "doclake.yaml").write_text(yaml.safe_dump(settings))
    return Project.open(folder)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving_embeddings(project_in(tmp_path_factory.mktemp("model"))) as server:
        yield server


def ask(served: Served, **asked: Any) -> Answer:
    return served.ask("POST", "/v1/embeddings", {"model": MODEL} | asked, token=TOKEN)


def _ours() -> Embedder:
    return Embedder(EmbeddingSettings(**SETTINGS))


def test_one_text_or_several_are_answered_as_openai_answers(served):
    answer = ask(served, input=["one", "two words"]).json
    assert (answer["object"], answer["model"]) == ("list", MODEL)
    assert [row["index"] for row in answer["data"]] == [0, 1]
    assert set(answer["data"][0]) == {"object", "index", "embedding"}
    assert answer["usage"] == {"prompt_tokens": 7, "total_tokens": 7}
    vectors = np.array([row["embedding"] for row in answer["data"]])
    assert np.abs(vectors - _ours().encode_documents(["one", "two words"]).vectors).max() < 1e-5
    alone = ask(served, input="one", user="somebody", dimensions=384).json
    assert np.abs(np.array(alone["data"][0]["embedding"]) - vectors[0]).max() < 1e-6


def test_base64_holds_the_same_numbers(served):
    (plain,) = ask(served, input="one").json["data"]
    (coded,) = ask(served, input="one", encoding_format="base64").json["data"]
    numbers = np.frombuffer(base64.b64decode(coded["embedding"]), "<f4")
    assert np.array_equal(numbers, np.array(plain["embedding"], np.float32))


def test_a_prompt_is_put_only_where_the_request_says_what_the_text_is(served):
    def vector(**asked: Any) -> np.ndarray:
        return np.array(ask(served, **asked).json["data"][0]["embedding"])

    put = vector(input="one", input_type="query")
    assert np.abs(put - vector(input="query: one")).max() < 1e-6
    assert np.abs(put - vector(input="one")).max() > 1e-2
    document = vector(input="one", input_type="passage")
    assert np.abs(document - vector(input="one", input_type="document")).max() < 1e-6


def test_a_doclake_of_the_same_model_gets_the_signs_and_any_other_is_refused(served):
    embedder = _ours()
    wants = {"fingerprint": embedder.fingerprint, "keep": "signs"}
    (row,) = ask(served, input="one", input_type="document", doclake=wants).json["data"]
    assert [base64.b64decode(row["signs"])] == embedder.encode_documents(["one"]).signs
    other = ask(served, input="one", doclake=wants | {"fingerprint": "0" * 16})
    assert (other.status, other.code) == (412, "settings_differ")


def test_a_client_with_another_prompt_learns_that_the_settings_differ(tmp_path):
    project = project_in(tmp_path, serve={})
    with serving_embeddings(project) as served:
        server = {"url": served.url, "model": MODEL, "dialect": "doclake"}
        differs = SETTINGS | {"document_prompt": "x: ", "backend": "server", "server": server}
        with pytest.raises(ModelError, match="HTTP 412") as refused:
            Embedder(EmbeddingSettings(**differs)).encode_documents(["one"])
    assert "the same `embedding` settings" in refused.value.mend


@pytest.mark.parametrize(
    "asked",
    [
        {"input": []},
        {"input": ["a"] * 2049},
        {"input": [1, 2, 3]},
        {"input": "one", "dimensions": 64},
        {"input": "one", "model": "another"},
        {"input": "one", "encoding_format": "hex"},
        {"input": "one", "input_type": "song"},
        {"input": "word " * 300},
        {"input": "one", "temperature": 1},
        {},
    ],
)
def test_what_it_does_not_take_is_told(served, asked):
    answer = ask(served, **asked)
    assert (answer.status, answer.code) == (400, "request_invalid")


def test_it_names_its_model_and_its_state(served):
    (model,) = served.ask("GET", "/v1/models", token=TOKEN).json["data"]
    assert model["id"] == MODEL
    assert served.ask("GET", "/readyz").status == 200
    metrics = served.ask("GET", "/metrics", token=TOKEN).body.decode()
    assert 'route="/v1/embeddings"' in metrics
    assert "doclake_index_rows" not in metrics


def test_without_a_token_nothing_is_embedded_where_tokens_are_known(served):
    for method, path in (("POST", "/v1/embeddings"), ("GET", "/v1/models"), ("GET", "/metrics")):
        body = {"model": MODEL, "input": "one"} if method == "POST" else None
        assert served.ask(method, path, body).code == "token_unknown"
        assert served.ask(method, path, body, token="forged").code == "token_unknown"


def test_a_server_whose_settings_name_a_server_computes_itself(tmp_path):
    """One doclake.yaml may serve both machines."""
    server = {"url": "http://127.0.0.1:9", "model": MODEL}
    project = project_in(tmp_path, embedding=SETTINGS | {"backend": "server", "server": server})
    with serving_embeddings(project) as served:
        assert ask(served, input="one").status == 200


def test_other_machines_reach_it_only_where_tokens_are_known(tmp_path):
    with pytest.raises(SettingsError, match="no tokens are configured"):
        run_embeddings(project_in(tmp_path, serve={}), "0.0.0.0", 0, print)
