"""A few questions embedded without torch have the vectors of sentence-transformers."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from doclake.embed import Embedder
from doclake.embed.backends.in_numpy import InNumpy
from doclake.embed.embedder import FEW_TOKENS
from doclake.settings import EmbeddingSettings

QUESTIONS = [
    "What may the reserve for storm damage be used for?",
    "1년을 근무한 직원의 연차휴가는 며칠인가?",
    "Mixed 텍스트 and 😀 ﬁ １２",
    "보유 기간이 지나면 개인정보를 파기해야 한다. " * 6,
    "a",
    "",
]


def _embedder(model: str, **settings: str) -> Embedder:
    return Embedder(EmbeddingSettings(model=model, **settings))


@pytest.mark.parametrize("model", ["multilingual-e5-small", "all-MiniLM-L6-v2"])
def test_the_vectors_equal_those_of_sentence_transformers(model, library):
    embedder = _embedder(model, device="cpu", dtype="float32")
    questions = embedder.encode_queries(QUESTIONS)
    vectors = np.stack([question.vector for question in questions])
    assert not embedder.questions.has_model
    prompted = [embedder.source.query_prompt + question for question in QUESTIONS]
    expected = library(embedder, prompted)
    assert vectors.dtype == np.float32
    assert np.abs(vectors - expected).max() < 1e-6
    assert embedder.questions.model
    for light, loaded in zip(questions, embedder.encode_queries(QUESTIONS), strict=True):
        assert np.abs(light.vector - loaded.vector).max() < 1e-6
        assert light.tokens.shape == loaded.tokens.shape
        assert np.abs(light.tokens - loaded.tokens).max(initial=0) < 1e-4


def test_each_token_of_a_question_knows_where_it_stands():
    questions = _embedder("multilingual-e5-small").encode_queries(QUESTIONS)
    for text, question in zip(QUESTIONS, questions, strict=True):
        assert len(question.spans) == len(question.tokens)
        shown = "".join(text[start:end] for start, end in question.spans)
        assert "".join(shown.split()) == "".join(text.split())


def test_tokens_of_a_name_can_be_left_out_but_not_all():
    text = "What does KX-2045 weigh?"
    (question,) = _embedder("multilingual-e5-small").encode_queries([text])
    name = (text.index("KX"), text.index(" weigh"))
    others = [end <= name[0] or start >= name[1] for start, end in question.spans]
    assert 0 < sum(others) < len(others)
    assert np.array_equal(question.without([name]), question.tokens[others])
    assert np.array_equal(question.without([(0, len(text))]), question.tokens)


def test_questions_that_are_worth_it_load_the_model():
    many = ["How hot must chicken be cooked?"] * (FEW_TOKENS // 6)
    embedder = _embedder("all-MiniLM-L6-v2", device="cpu")
    assert len(embedder.encode_queries(many)) == len(many)
    assert embedder.questions.has_model


def test_a_named_device_or_dtype_is_computed_by_the_model():
    for settings in ({"device": "cuda"}, {"dtype": "bfloat16"}):
        embedder = _embedder("all-MiniLM-L6-v2", **settings)
        backend = embedder._backend(embedder.work("query", "states"), 5)
        assert not isinstance(backend, InNumpy)


def test_a_question_to_a_bundled_model_loads_neither_torch_nor_transformers():
    code = (
        "import sys; from doclake.embed import Embedder; "
        "from doclake.settings import EmbeddingSettings; "
        "Embedder(EmbeddingSettings(model='all-MiniLM-L6-v2')).encode_queries(['why?']); "
        "sys.exit(bool({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
