"""Where an answer is cut into sentences, however it comes."""

from __future__ import annotations

import random

import pytest

from doclake.search.statements import Sentences

SAID = (
    "The pond holds 900 litres [1].  It lies behind the shed [2] [3].\n\nTomatoes grow there. [1]\n"
    "남쪽 담장을 따라 자란다 [2]。 Does it? [1]  [2] * \n [4] Version 1.5 is out [5]! "
    "So be it.[6] End"
)


def _cut(pieces: list[str]) -> list[str]:
    sentences = Sentences()
    return [one for piece in pieces for one in sentences.add(piece)] + [sentences.rest]


def test_a_sentence_is_complete_as_soon_as_the_next_has_begun():
    sentences = Sentences()
    assert list(sentences.add("The pond holds 900 litres [1].")) == []
    assert list(sentences.add(" ")) == []  # another citation may follow
    assert list(sentences.add("[2] T")) == ["The pond holds 900 litres [1]. [2]"]
    assert sentences.rest == "T"


@pytest.mark.parametrize("seed", range(50))
def test_the_pieces_in_which_an_answer_comes_change_no_sentence(seed):
    whole = _cut([SAID])
    assert len(whole) > 6
    places = sorted(random.Random(seed).sample(range(1, len(SAID)), 5 + seed))
    pieces = [SAID[start:end] for start, end in zip([0, *places], [*places, None], strict=True)]
    assert _cut(pieces) == whole
