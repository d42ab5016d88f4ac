"""Texts to vectors: order, limits, devices, and the same vectors as the library's own."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import numpy as np
import pytest

from doclake import fingerprints
from doclake.embed import Embedder
from doclake.embed.backends import devices, in_process
from doclake.embed.backends.devices import choose_device, choose_dtype
from doclake.embed.backends.packed_bert import PackedBert
from doclake.embed.token_batches import pack
from doclake.errors import ModelError
from doclake.settings import EmbeddingSettings

TEXTS = ["A cat sat on the mat. " * n for n in (1, 9, 2, 7, 3, 5, 4, 8)] + ["", "고양이"]


def test_batches_hold_every_text_once_and_no_more_tokens_than_allowed():
    lengths = [5, 100, 7, 7, 90, 300, 1, 8]
    batches = list(pack(lengths, 200))
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    costs = [max(lengths[i] for i in batch) * len(batch) for batch in batches]
    assert all(cost <= 200 or len(batch) == 1 for cost, batch in zip(costs, batches, strict=True))
    assert list(pack([], 200)) == []


def test_few_texts_of_uneven_length_are_not_padded_to_the_longest():
    lengths = [round(10 * 1.03**n) for n in range(120)]
    batches = list(pack(lengths, 8192))
    padded = sum(max(lengths[i] for i in batch) * len(batch) for batch in batches)
    assert padded < 1.12 * sum(lengths)
    assert len(batches) < 30


def test_vectors_are_units_in_input_order_and_equal_to_the_librarys(english, library):
    told: list[tuple[int, int]] = []
    vectors = english.encode_documents(
        TEXTS, on_batch=lambda done, total: told.append((done, total))
    ).vectors
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), english.dimension)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.abs(vectors - library(english, TEXTS)).max() < 1e-5
    assert len(told) > 3
    assert told[-1] == (len(TEXTS), len(TEXTS))


def test_no_texts_give_no_vectors(english):
    assert english.encode_documents([]).vectors.shape == (0, english.dimension)


def test_english_and_korean_questions_find_their_passages(multilingual):
    passages = [
        "Poultry is safe to eat when the thickest part reaches seventy four degrees Celsius.",
        "보유 기간이 지나거나 처리 목적이 달성되면 개인정보를 지체 없이 파기해야 한다.",
        "인덱스가 없으면 데이터베이스 엔진은 조건을 평가하기 위해 모든 행을 읽어야 한다.",
    ]
    questions = ["How hot must chicken be cooked?", "개인정보는 언제까지 보관할 수 있나요?"]
    asked = np.stack([question.vector for question in multilingual.encode_queries(questions)])
    found = asked @ multilingual.encode_documents(passages).vectors.T
    assert found.argmax(axis=1).tolist() == [0, 1]


def test_queries_and_documents_get_their_own_prompts(multilingual):
    text = ["same text"]
    (query,) = multilingual.encode_queries(text)
    document = multilingual.encode_documents(text).vectors
    assert 0.5 < float(query.vector @ document[0]) < 0.9999


def test_a_text_beyond_the_limit_is_refused_and_never_cut(english):
    with pytest.raises(ModelError) as refused:
        english.encode_documents(["fine", "word " * 300])
    facts = refused.value.facts
    assert (facts["index"], facts["limit"]) == (1, 256)
    assert facts["tokens"] > 256


def test_vectors_that_are_no_vectors_are_refused(english):
    for bad in (np.nan, np.inf, 0.0):
        vectors = np.zeros((2, 4), np.float32)
        vectors[0, 0] = 1
        vectors[1] = bad
        with pytest.raises(ModelError) as refused:
            english._checked(vectors)
        assert refused.value.facts["index"] == 1


def test_a_full_device_halves_the_batch_and_goes_on(monkeypatch):
    """The error is torch's own; what raises it is this machine's want of a device to fill."""
    import torch

    small = {"model": "all-MiniLM-L6-v2", "dtype": "float32"}
    embedder = Embedder(EmbeddingSettings(device="cpu", batch_tokens=4096, **small))
    expected = embedder.encode_documents(TEXTS).vectors
    backend = embedder.documents
    whole = backend._forward
    sizes: list[int] = []

    def small_device(batch, work, mean):
        if max(len(item.ids) for item in batch) * len(batch) > 200:
            raise torch.OutOfMemoryError("out of memory")
        sizes.append(len(batch))
        return whole(batch, work, mean)

    monkeypatch.setattr(backend, "_forward", small_device)
    assert np.abs(embedder.encode_documents(TEXTS).vectors - expected).max() < 1e-5
    assert len(sizes) > 1
    assert sum(sizes) == len(TEXTS)


@pytest.mark.parametrize("ahead", [(), ("cpu",)])
def test_groups_are_computed_in_order_and_each_is_asked_for_before_the_last_is_done(
    english, monkeypatch, ahead
):
    """A GPU has its next batch before the last one is read; here the processor stands for it."""
    monkeypatch.setattr(in_process, "_AHEAD", ahead)
    work, asked = english.work("document", "signs"), []
    parts = [TEXTS[:3], [], TEXTS[3:40], TEXTS[40:], []]

    def groups():
        first = 0
        for part in parts:
            asked.append(len(part))
            yield english.prepared(part, work, first)
            first += len(part)

    found, asked_by_then = [], []
    for group in english.computed(groups()):
        found.append(group)
        asked_by_then.append(len(asked))
    assert [len(group.items) for group in found] == [len(part) for part in parts]
    if ahead:
        assert asked_by_then[0] == 3
    vectors = np.concatenate([english.embedded(group).vectors for group in found if group.items])
    assert np.abs(vectors - english.encode_documents(TEXTS).vectors).max() < 1e-5


def test_a_full_device_that_is_ahead_finishes_what_it_has(monkeypatch):
    import torch

    monkeypatch.setattr(in_process, "_AHEAD", ("cpu",))
    small = {"model": "all-MiniLM-L6-v2", "dtype": "float32", "device": "cpu"}
    embedder = Embedder(EmbeddingSettings(batch_tokens=256, **small))
    expected = embedder.encode_documents(TEXTS).vectors
    backend, refused, is_ahead = embedder.documents, [], False
    whole = backend._forward

    def full_once_for_each(batch, work, mean):
        nonlocal is_ahead
        places = [item.place for item in batch]
        if is_ahead and places not in refused:
            refused.append(places)
            is_ahead = False
            raise torch.OutOfMemoryError("out of memory")
        is_ahead = True
        return whole(batch, work, mean)

    monkeypatch.setattr(backend, "_forward", full_once_for_each)
    assert np.abs(embedder.encode_documents(TEXTS).vectors - expected).max() < 1e-5
    assert {len(places) > 1 for places in refused} == {True, False}


def test_a_device_that_hangs_is_a_typed_error_and_is_asked_no_more(monkeypatch):
    """Watched as a GPU is, the processor is given a model that sleeps."""
    monkeypatch.setattr(in_process, "_UNWATCHED", ())
    small = {"model": "all-MiniLM-L6-v2", "device": "cpu", "dtype": "float32"}
    embedder = Embedder(EmbeddingSettings(batch_timeout=timedelta(seconds=1), **small))
    embedder.documents.ready()
    released = threading.Event()
    monkeypatch.setattr(PackedBert, "__call__", lambda *_: released.wait(60))
    try:
        with pytest.raises(ModelError, match="cpu has given no answer for 1 s") as hung:
            embedder.encode_documents(TEXTS[:4])
        assert (hung.value.facts["device"], hung.value.facts["texts"]) == ("cpu", 4)
        assert "batch_timeout" in hung.value.mend
        start = time.monotonic()
        with pytest.raises(ModelError, match="no answer"):
            embedder.encode_documents(TEXTS[:1])
        assert time.monotonic() - start < 0.9
    finally:
        released.set()


def test_a_device_that_is_not_there_is_refused_by_name():
    import torch

    absent = f"cuda:{torch.cuda.device_count()}"
    with pytest.raises(ModelError, match=absent):
        choose_device(absent)
    assert choose_device("cpu") == "cpu"
    assert choose_device("auto") in ("cpu", "cuda", "mps")


def test_a_named_dtype_is_taken_and_changes_a_vector_by_less_than_its_noise(english):
    assert choose_dtype("float16", "cpu", packed=True) == "float16"
    settings = EmbeddingSettings(model="all-MiniLM-L6-v2", device="cpu", dtype="bfloat16")
    half = Embedder(settings)
    assert half.documents.dtype == "bfloat16"
    vectors = half.encode_documents(TEXTS[:4]).vectors
    assert vectors.dtype == np.float32
    assert (vectors * english.encode_documents(TEXTS[:4]).vectors).sum(axis=1).min() > 0.9999


def test_what_a_probe_found_stays_so_on_a_machine(monkeypatch, tmp_path):
    """On a busy machine it might find another precision, and move the vectors of the next run."""
    monkeypatch.setenv("DOCLAKE_CACHE", str(tmp_path))
    answers = iter([True, False])
    monkeypatch.setattr(devices, "_bfloat16_pays", lambda: next(answers))
    for _ in range(3):
        assert choose_dtype("auto", "cpu", packed=True) == "bfloat16"
    monkeypatch.setenv("DOCLAKE_CACHE", str(tmp_path / "other machine"))
    assert choose_dtype("auto", "cpu", packed=True) == "float32"
    assert choose_dtype("auto", "cpu", packed=False) == "float32"


def test_the_fingerprint_is_the_recipes_and_needs_no_model():
    settings = EmbeddingSettings(model="org/never-fetched")
    assert Embedder(settings).fingerprint == fingerprints.model(settings)


def test_cuda_gives_the_vectors_of_the_processor(english):
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    settings = EmbeddingSettings(model="all-MiniLM-L6-v2", device="cuda", dtype="float32")
    vectors = Embedder(settings).encode_documents(TEXTS).vectors
    assert (vectors * english.encode_documents(TEXTS).vectors).sum(axis=1).min() > 0.999


def test_of_no_text_neither_tokenizer_nor_device_is_asked():
    """A run that only deletes would import torch for it."""
    embedder = Embedder(EmbeddingSettings(device="cpu"))
    nothing = embedder.prepared([], embedder.work("document", "signs"))
    (computed,) = embedder.computed([nothing])
    assert computed.items == []
    assert "counter" not in vars(embedder)
    assert "device" not in vars(embedder.documents)
