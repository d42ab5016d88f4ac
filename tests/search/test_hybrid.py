"""Full text counts as much as it knows of the question."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from doclake.search.hybrid import Candidates, coverage
from doclake.search.order import chosen, diverse, order
from doclake.settings import SearchSettings

TEXTS = [{"the", "spade", f"word{n}"} for n in range(20)]


def _coverage(asked: list[str], texts: list[set[str]] = TEXTS) -> float:
    return float(max(coverage(asked, texts, ["en"] * len(texts)), default=0.0))


def test_coverage_is_the_share_of_terms_that_are_held_each_by_its_rarity():
    assert _coverage(["word1", "word2"]) == 1
    assert _coverage(["gartenspaten"]) == 0
    assert _coverage(["the", "gartenspaten"]) < 0.01
    assert 0.3 < _coverage(["word1", "gartenspaten"]) < 0.6
    assert _coverage([]) == _coverage(["word1"], []) == 0


def test_full_text_judges_no_passage_by_words_that_only_another_language_holds():
    texts = [{"the", "spade"}, {"the", "handle"}, {"삽", "3000"}, {"자루"}]
    english, other, korean, unknown = coverage(
        ["the", "spade", "handle", "3000"], texts, ["en", "en", "ko", None]
    )
    assert english == other > 0.6
    assert 0 < korean < 0.4  # the number alone
    assert unknown == 1


def _candidates(
    mix: list[float], held: list[int] | None = None, names: Iterable[str] = ()
) -> Candidates:
    n = len(mix)
    return Candidates(
        row_ids=list(range(n)),
        doc_ids=["a", "a", "a", "b", "c"][:n],
        dates=[None] * n,
        text=[0.0] * n,
        mix=np.array(mix, np.float32),
        held=np.array(held or [0] * n, np.float32),
        names=set(names),
    )


def test_reranking_orders_the_best_and_leaves_the_rest_behind_them():
    settings = SearchSettings(rerank_candidates=3, rerank_weight=1)
    found = order(_candidates([0.9, 0.8, 0.7, 0.6]), settings, lambda _: np.array([1.0, 2.0, 3.0]))
    assert found.places == [2, 1, 0, 3]
    assert found.scores[3] <= found.scores[[0, 1, 2]].min()
    assert set(found.reranked) == {0, 1, 2}


def test_without_a_reranker_the_mixed_score_decides():
    found = order(_candidates([0.2, 0.8, 0.7]), SearchSettings(), lambda _: None)
    assert (found.places, found.reranked) == ([1, 2, 0], {})


@pytest.mark.parametrize(("first", "best"), [(True, 2), (False, 0)])
def test_a_passage_with_the_name_that_was_asked_for_comes_first(first, best):
    candidates = _candidates([0.9, 0.8, 0.1], held=[0, 0, 1], names=["kx-2045"])
    found = order(candidates, SearchSettings(names_first=first), lambda _: None)
    assert found.places[0] == best
    assert found.scores.min() >= 0 and found.scores.max() <= 1


def test_one_document_does_not_fill_the_page_while_others_have_passages():
    candidates = _candidates([0.9, 0.8, 0.7, 0.6, 0.5])
    ordered = order(candidates, SearchSettings(), lambda _: None)
    assert chosen(ordered, candidates, 4, 2) == [0, 1, 3, 4]
    assert chosen(ordered, candidates, 5, 2) == [0, 1, 3, 4, 2]


def test_diversity_prefers_what_is_unlike_the_passages_above():
    candidates = _candidates([0.9, 0.89, 0.5])
    ordered = order(candidates, SearchSettings(), lambda _: None)
    vectors = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    assert diverse(ordered, vectors, [0, 1, 2], 0.5, 2) == [0, 2]
    assert diverse(ordered, vectors, [0, 1, 2], 0.0, 2) == [0, 1]
