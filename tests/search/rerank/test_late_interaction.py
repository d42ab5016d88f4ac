"""Each token of a question finds its like in a passage."""

from __future__ import annotations

import numpy as np
import torch

from doclake.embed.token_signs import packed_signs, unpacked
from doclake.search.rerank.late_interaction import scores


def _tokens(seed: int, count: int, dimension: int = 64) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)


def signs(tokens: np.ndarray) -> bytes:
    mean = np.zeros(tokens.shape[1], np.float32)
    return packed_signs(torch.from_numpy(tokens), mean).numpy().tobytes()


def test_signs_come_back_as_they_were_and_are_packed_as_numpy_packs_them():
    for dimension in (8, 13, 384):
        tokens = _tokens(1, 5, dimension)
        assert signs(tokens) == np.packbits(tokens > 0, axis=1).tobytes()
        assert np.array_equal(unpacked(signs(tokens), dimension), tokens > 0)


def test_the_passage_that_holds_the_questions_tokens_is_best():
    question = _tokens(1, 4)
    noise = [_tokens(seed, 30) for seed in range(2, 12)]
    holding = np.concatenate([noise[0][:20], question])
    passages = [signs(one) for one in (*noise, holding)]
    assert scores(question, passages).argmax() == len(noise)


def test_a_token_that_every_passage_has_counts_little():
    common, rare = _tokens(1, 1), _tokens(2, 1)
    others = [np.concatenate([common, _tokens(seed, 20)]) for seed in range(3, 20)]
    with_rare = np.concatenate([rare, _tokens(50, 20)])  # and without the common one
    passages = [signs(one) for one in (*others, with_rare)]
    assert scores(np.concatenate([common, rare]), passages).argmax() == len(others)


def test_a_passage_without_tokens_is_never_above_one_with():
    question = _tokens(1, 3)
    found = scores(question, [None, signs(_tokens(2, 9)), b""])
    assert found[1] >= found[0] == found[2]


def test_nothing_to_compare_gives_zeros():
    assert scores(_tokens(1, 3), []).shape == (0,)
    assert scores(_tokens(1, 3), [None, None]).tolist() == [0, 0]
    assert scores(np.zeros((0, 64), np.float32), [signs(_tokens(2, 9))]).tolist() == [0]
