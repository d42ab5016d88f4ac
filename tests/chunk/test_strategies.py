"""The other strategies, and what holds for all of them."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from doclake.chunk.strategies import STRATEGIES
from doclake.embed import TokenCounter, embedding_text
from doclake.settings import EmbeddingSettings

SENTENCE = "Number {n} of the sentences says a little about the number {n}. "
WORDS = [
    *(
        "hello",
        "I.",
        "가나다라",
        "문장이다.",
        "그래서?",
        "日本語",
        "3.14",
        "e.g.",
        "Dr.",
        "\t",
        "\n",
    ),
    *("\n\n", "x" * 300, "가" * 150, "!!!", "…", "😀😀", "\u200b", "ＦＵＬＬ", "ﬁ", "İstanbul"),
    *("the following:", "1.", "(2)", "مرحبا", "मैं", "\u0301", "--", "a" * 40),
]
TYPES = ["Title", "NarrativeText", "ListItem", "Table", "Code", "Caption", "Footnote", "Image"]
TYPES += ["Header", "PageNumber", "Formula", "Other"]


def test_page_strategy_keeps_pages_apart(chunk):
    rows = [{"text": f"Text {n}.", "page": 1 + n // 2} for n in range(4)]
    document = chunk(rows, strategy="page")
    assert document.chunks["pages"].to_pylist() == [[1], [2]]


def test_sentence_strategy_fills_chunks_with_whole_sentences_of_any_block(chunk):
    rows = [{"text": SENTENCE.format(n=n) * 2, "section": ["A"]} for n in range(12)]
    document = chunk(rows, strategy="sentence", max_tokens=100)
    assert all(text.endswith(".") for text in document.chunks["text"].to_pylist())
    shared = Counter(e for ids in document.chunks["element_ids"].to_pylist() for e in ids)
    assert max(shared.values()) > 1  # a block is cut between its sentences to fill a chunk


def test_tokens_strategy_makes_windows_that_overlap(chunk):
    words = [f"w{n}" for n in range(300)]
    document = chunk(
        [{"text": " ".join(words)}], strategy="tokens", max_tokens=64, overlap_tokens=16
    )
    windows = [text.split() for text in document.chunks["text"].to_pylist()]
    assert windows[0][-1] in windows[1]
    assert set(words) <= {word for window in windows for word in window}
    assert min(document.chunks["tokens"].to_pylist()[:-1]) > 40


def hostile(seed):
    """Elements as no document should hold them, and a recipe, both from the seed."""
    rng = random.Random(seed)
    rows, section = [], []
    for _ in range(rng.randint(1, 12)):
        kind = rng.choice(TYPES)
        glue = rng.choice([" ", "", "\n", "\t"])
        text = glue.join(rng.choices(WORDS, k=rng.choice([0, 1, 3, 10, 60, 150])))
        section = section[: rng.randint(0, 2)] if kind == "Title" else section
        html = rng.choice([None, "<table><tr><th>a</th></tr><tr><th>b</th></tr><tr><td>"])
        rows.append({"type": kind, "text": text, "section": list(section), "html": html})
        if kind == "Title" and text.strip():
            section = [*section, " ".join(text.split())[:300]]
    limit = rng.choice([32, 48, 128, 8192])
    recipe = {
        "strategy": rng.choice(["structure", *STRATEGIES]),
        "max_tokens": limit,
        "overlap_tokens": rng.choice([0, 0, 8, min(4096, limit // 2)]),
        "context": rng.random() < 0.7,
        "title": rng.choice([None, "T", "long title " * 40, "x" * 500]),
    }
    return rows, recipe


@pytest.mark.slow
@pytest.mark.parametrize("model", ["multilingual-e5-small", "all-MiniLM-L6-v2"])
def test_whatever_the_elements_every_chunk_fits_and_nothing_vanishes(chunk, model):
    counter = TokenCounter.from_settings(EmbeddingSettings(model=model))
    for seed in range(40):
        rows, recipe = hostile(seed)
        document = chunk(rows, by=counter, **recipe)
        shown: dict[str, str] = {}
        for row in document.chunks.to_pylist():
            exact = counter.count([embedding_text(row["context"], row["text"])])[0]
            assert row["tokens"] == exact <= min(recipe["max_tokens"], counter.max_tokens)
            assert row["text"].strip()
            for element in row["element_ids"]:
                shown[element] = shown.get(element, "") + row["text"]
        everything = {f"e{n}" for n in range(len(rows))}
        assert shown.keys() | document.excluded.keys() == everything, seed
        assert not shown.keys() & document.excluded.keys(), seed
        for number, row in enumerate(rows):
            letters = Counter("".join(row["text"].split()))
            if f"e{number}" in shown:
                assert not letters - Counter("".join(shown[f"e{number}"].split())), seed
        ids = document.chunks["chunk_id"].to_pylist()
        assert len(set(ids)) == len(ids), seed


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_same_elements_give_the_same_rows(chunk, strategy):
    rows = [{"text": SENTENCE.format(n=n) * 9, "page": n, "section": ["A"]} for n in range(6)]
    made = [chunk(rows, strategy=strategy, max_tokens=64, overlap_tokens=16) for _ in range(2)]
    assert made[0].chunks.equals(made[1].chunks)


def test_an_edited_paragraph_changes_only_its_own_chunks(chunk):
    rows = [{"text": SENTENCE.format(n=n) * 8, "section": [f"S{n}"]} for n in range(5)]
    before = set(chunk(rows).chunks["chunk_id"].to_pylist())
    rows[2] = {**rows[2], "text": rows[2]["text"] + "One more sentence."}
    after = set(chunk(rows).chunks["chunk_id"].to_pylist())
    assert len(before - after) == len(after - before) == 1
