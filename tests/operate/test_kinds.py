"""What a file gives is foreseen from files of its kind."""

from __future__ import annotations

import pytest

from doclake.lake.lake import Lake
from doclake.operate.kinds import UNSEEN, Kinds


def test_tokens_go_by_size_and_pages_by_number(flow):
    kinds = Kinds.of(flow.lake, "notes")
    size = (flow.documents / "garden.md").stat().st_size
    rows = flow.lake.read("chunks", columns=["path", "tokens"]).to_pylist()
    tokens = sum(row["tokens"] for row in rows if row["path"] == "garden.md")
    ten = kinds.figures("ten.md", 10 * size)
    assert (ten.pages, ten.tokens) == (1, pytest.approx(10 * tokens))


def test_a_kind_that_the_source_lacks_is_known_from_other_sources(flow):
    elsewhere = Kinds.of(flow.lake, "mail")
    assert elsewhere.own == {}
    assert elsewhere.figures("a.md", 100) == Kinds.of(flow.lake, "notes").figures("a.md", 100)


def test_an_empty_lake_goes_by_rough_figures(tmp_path):
    figures = Kinds.of(Lake(str(tmp_path)), "notes").figures("a.pdf", 2_000_000)
    assert figures.tokens == 2 * UNSEEN.tokens


def test_a_kind_never_seen_is_as_other_texts_are(flow):
    flow.write("note.html", "<html>" + "<!-- nothing to read -->" * 500 + "<p>Rain.</p></html>")
    flow.run()
    kinds = Kinds.of(flow.lake, "notes")
    assert kinds.figures("a.csv", 1_000) == kinds.figures("a.jsonl", 1_000)
    assert kinds.figures("a.csv", 1_000).tokens > 10 * kinds.figures("a.odt", 1_000).tokens
