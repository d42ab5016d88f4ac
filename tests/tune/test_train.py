"""Training is sentence-transformers' own; one that is stopped ends with the same weights."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from doclake.embed import Embedder
from doclake.embed.models.source import sha256_of
from doclake.errors import ExtraMissing, ModelError
from doclake.settings import EmbeddingSettings
from doclake.tune import train
from tests.tune import training
from tests.tune.training import STEPS, trained


@pytest.fixture(scope="module")
def whole(little, tmp_path_factory) -> Path:
    """The folder of a training that nobody stopped."""
    folder = tmp_path_factory.mktemp("whole")
    told = trained(little, folder)
    assert [step.done for step in told] == list(range(1, STEPS + 1))
    assert {step.total for step in told} == {STEPS}
    return folder


def _weights(folder: Path) -> dict[str, np.ndarray]:
    return load_file(next(folder.rglob("model.safetensors")))


def test_all_weights_but_the_words_learn_and_the_prompts_stay(little, whole):
    before, after = _weights(little), _weights(whole / "model")
    assert before.keys() == after.keys()
    moved = {name for name in before if not np.array_equal(before[name], after[name])}
    assert not any("word_embeddings" in name for name in moved)
    assert len(moved) > len(before) / 2
    tuned = Embedder(EmbeddingSettings(model=str(whole / "model"), device="cpu"))
    assert (tuned.source.query_prompt, tuned.source.document_prompt) == ("ask: ", "tell: ")
    assert tuned.source.max_tokens == 64


def test_a_question_comes_nearer_to_its_passage(little, whole):
    def margin(folder: Path) -> float:
        """By how much a passage is more similar to its question than the others."""
        embedder = Embedder(EmbeddingSettings(model=str(folder), device="cpu"))
        pairs = training.examples()
        asked = embedder.encode_queries([one.question.text for one in pairs])
        texts = embedder.encode_documents([one.passage for one in pairs]).vectors
        similar = np.array([one.vector for one in asked]) @ texts.T
        own = np.diag(similar)
        return float((own - (similar.sum(1) - own) / (len(pairs) - 1)).mean())

    assert margin(whole / "model") > 1.25 * margin(little) > 0


def test_nothing_that_was_read_is_written_beside_the_weights(whole):
    written = [file for file in whole.rglob("*") if file.is_file()]
    assert any(file.parent.name.startswith("checkpoint-") for file in written)
    for file in written:
        assert b"Of what colour" not in file.read_bytes(), file
        assert file.name != "README.md"


@pytest.mark.slow
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGINT])
def test_a_training_that_is_stopped_goes_on_and_ends_with_the_same_weights(
    little, whole, tmp_path, by, repository
):
    run = [sys.executable, training.__file__, str(little), str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(repository)}
    process = subprocess.Popen(run, env=environment, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 200
    while not (tmp_path / "checkpoint-6/trainer_state.json").is_file():
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.01)
    process.send_signal(by)
    assert process.wait(60) != 0
    half = tmp_path / "checkpoint-99"  # as if it had been killed while it wrote
    half.mkdir()
    (half / "model.safetensors").write_bytes(b"half")
    told = trained(little, tmp_path)
    assert 6 < told[0].done <= STEPS
    assert told[-1].done == STEPS
    assert sha256_of(tmp_path / "model/model.safetensors") == sha256_of(
        whole / "model/model.safetensors"
    )


def test_it_takes_no_more_threads_than_it_may_and_gives_them_back(little, tmp_path, monkeypatch):
    import torch

    counts, before = list[int](), torch.get_num_threads()
    monkeypatch.setattr(training, "time", type("", (), {"sleep": lambda _: note()}))

    def note() -> None:
        counts.append(torch.get_num_threads())

    trained(little, tmp_path)
    assert set(counts) == {1}
    assert torch.get_num_threads() == before


def test_a_model_that_cannot_be_trained_or_written_is_told(little, tmp_path, source_of):
    folder = tmp_path / "no folder"
    folder.write_text("a file")
    with pytest.raises(ModelError, match="could not be trained"):
        train.train(
            source_of(little),
            training.examples(),
            training.SETTINGS,
            folder,
            device="cpu",
            threads=1,
            progress=lambda _: None,
        )


def test_without_the_extra_its_command_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(ExtraMissing, match=r"doclake\[tune\]"):
        train.require()
