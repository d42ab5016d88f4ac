from __future__ import annotations

import subprocess
import sys

import pytest

from doclake.embed import TokenCounter
from doclake.settings import EmbeddingSettings

TEXTS = [
    "",
    "A short text.",
    "한국어 문장은 토큰이 많다.",
    "Mixed 텍스트 and\n\nspaces\t.",
    "😀 ﬁ １２",
]


@pytest.mark.parametrize("model", ["multilingual-e5-small", "all-MiniLM-L6-v2"])
def test_the_count_is_what_the_model_itself_sees(model):
    from transformers import AutoTokenizer

    counter = TokenCounter.from_settings(EmbeddingSettings(model=model))
    tokenizer = AutoTokenizer.from_pretrained(counter.source.folder)
    seen = [
        len(ids) for ids in tokenizer([counter.source.document_prompt + t for t in TEXTS]).input_ids
    ]
    assert counter.count(TEXTS) == seen


def test_prompt_and_special_tokens_count(counter):
    text = ["one word"]
    document, query = counter.count_bare(["passage:", "query:"])
    assert counter.count(text)[0] == document + counter.count_bare(text)[0] + 2
    assert len(counter.query_tokens(text)[0]) == query + counter.count_bare(text)[0] + 2


def test_a_text_longer_than_the_limit_is_seen_to_be_longer(counter):
    assert counter.count(["word " * 2000])[0] > 2000


def test_offsets_cover_the_words_of_the_text(counter):
    text = "Vectors 벡터는 belong"
    offsets = counter.offsets(text)
    assert len(offsets) == counter.count_bare([text])[0]
    assert "".join(text[a:b] for a, b in offsets).split() == "".join(text).split()
    assert offsets == sorted(offsets)


def test_counting_loads_neither_torch_nor_transformers():
    code = (
        "import sys; from doclake.embed import TokenCounter; "
        "from doclake.settings import EmbeddingSettings; "
        "TokenCounter.from_settings(EmbeddingSettings()).count(['a']); "
        "sys.exit(bool({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
