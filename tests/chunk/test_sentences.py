from __future__ import annotations

import subprocess
import sys

import pytest

from doclake.chunk.sentences import sentence_spans


def cut(text, language=None):
    return [text[a:b].strip() for a, b in sentence_spans(text, language)]


def test_english_abbreviations_decimals_and_quotes_end_no_sentence():
    text = 'Dr. Kim paid $3.50 in the U.S. market. "Is it fine?" she asked. See Fig. 3 for it.'
    assert cut(text, "en") == [
        "Dr. Kim paid $3.50 in the U.S. market.",
        '"Is it fine?" she asked.',
        "See Fig. 3 for it.",
    ]


def test_korean_sentences_end_where_kiwi_says():
    text = "수심은 400.5미터다. 물이 빠질 곳이 없다! 왜일까요? 그는 갔습니다 나는 남았습니다"
    assert cut(text, "ko") == [
        "수심은 400.5미터다.",
        "물이 빠질 곳이 없다!",
        "왜일까요?",
        "그는 갔습니다",
        "나는 남았습니다",
    ]


def test_the_number_of_a_list_item_stays_with_it():
    assert cut("1. Open the lid. 2. Close it.", "en") == ["1. Open the lid.", "2. Close it."]


@pytest.mark.parametrize("text", ["", " ", "a", "\n\n. ", "Über 3. Mai.\n\n\nNeu. " * 3000])
def test_spans_cover_the_text(text):
    spans = sentence_spans(text, "de")
    assert "".join(text[a:b] for a, b in spans) == text


def test_english_never_loads_kiwi():
    code = (
        "import sys; from doclake.chunk.sentences import sentence_spans; "
        "sentence_spans('One. Two.', 'en'); sys.exit('kiwipiepy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
