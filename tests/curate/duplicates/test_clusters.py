"""The first to arrive stands for its cluster, and nothing that comes later changes that."""

from __future__ import annotations

import random

import numpy as np
import pytest

from doclake.curate.duplicates.clusters import ONLY_EQUAL, Clusters, Texts
from doclake.curate.duplicates.signatures import key, normalised, signatures

WORDS = ["reserve", "storm", "roof", "mast", "fence", "river", "board", "offer", "insurer", "pond"]
KOREAN = [
    "준비금",
    "폭풍",
    "지붕",
    "돛대",
    "울타리",
    "이사회",
    "견적",
    "보험사",
    "정원",
    "연못",
    "휴가",
]


def passage(words: list[str], seed: int) -> str:
    chance = random.Random(seed)
    return " ".join(f"{chance.choice(words)}{chance.randrange(99)}" for _ in range(60))


def edited(text: str, share: float = 0.1) -> str:
    words = text.split()
    for place in random.Random(1).sample(range(len(words)), round(len(words) * share)):
        words[place] = "otherwise"
    return " ".join(words)


def texts(*given: str, arrived: list[int] | None = None, groups: list[int] | None = None) -> Texts:
    plain = [normalised(text) for text in given]
    return Texts(
        [f"{i}" for i in range(len(given))],
        np.array(arrived or [0] * len(given), np.int64),
        np.array(groups or [0] * len(given), np.uint64),
        np.array([key(text) for text in plain], np.uint64),
        signatures(plain),
    )


def clusters(of: Texts, threshold: float = 0.6) -> list[str | None]:
    return [match and match.cluster_id for match in Clusters(of, threshold).assigned()]


@pytest.mark.parametrize("words", [WORDS, KOREAN], ids=["English", "Korean"])
def test_a_copy_with_a_tenth_of_its_words_edited_joins_and_another_text_does_not(words):
    first, other = passage(words, 1), passage(words, 2)
    assert clusters(texts(first, edited(first), other, first)) == [None, "0", None, "0"]


def test_case_width_and_blanks_make_no_other_text_and_only_equal_ones_may_be_asked_for():
    first = passage(WORDS, 1)
    odd = first.upper().replace(" ", "\u3000 ")
    assert clusters(texts(first, odd, edited(first)), ONLY_EQUAL) == [None, "0", None]
    assert clusters(texts("Yes.", "yes.", "No."), ONLY_EQUAL) == [None, "0", None]


def test_a_text_joins_none_that_arrived_later_and_none_of_another_group():
    first = passage(WORDS, 1)
    own = Clusters(texts(edited(first), arrived=[5]), 0.6)
    own.meet(texts(first, arrived=[6]))
    assert own.assigned() == [None]
    own = Clusters(texts(edited(first), groups=[5]), 0.6)
    own.meet(texts(first, groups=[6]))
    assert own.assigned() == [None]
    own = Clusters(texts(edited(first), arrived=[5]), 0.6)
    own.meet(texts(passage(WORDS, 3), first))
    (match,) = own.assigned()
    assert match is not None and match.cluster_id == "1" and 0.6 < match.similarity < 1


def test_the_clusters_are_the_same_whether_texts_come_together_or_one_by_one():
    base = [passage(WORDS, seed) for seed in range(20)]
    given = [text for one in base for text in (one, edited(one), edited(one, 0.05), one)]
    together = clusters(texts(*given))
    whole = texts(*given)
    standing: list[int] = []
    for place in range(len(given)):
        one = Clusters(whole.part(place, place + 1), 0.6)
        for before in standing:
            one.meet(whole.part(before, before + 1))
        (match,) = one.assigned()
        assert (match and match.cluster_id) == together[place]
        if match is None:
            standing.append(place)
    assert len(standing) == 20


def test_many_copies_of_one_text_cost_no_square():
    same = ["The same short notice stands under every page of this site, year after year."]
    assert clusters(texts(*same * 5_000)).count(None) == 1
