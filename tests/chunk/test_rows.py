"""What every chunk knows: ids, pages, boxes, language, digests; and what is left out, and why."""

from __future__ import annotations

import pytest

from doclake import ids
from doclake.chunk import exclusions, included, row_hash
from doclake.embed import embedding_text
from doclake.errors import ModelError
from doclake.settings import ChunkRecipe, Recipe
from doclake.tables.chunks import CHUNKS
from doclake.tables.columns import PageBox
from doclake.tables.elements import MACHINE_TEXT


@pytest.mark.parametrize(
    ("kind", "hidden", "text", "reason"),
    [
        ("NarrativeText", None, "Text", None),
        ("NarrativeText", None, " \n", "empty"),
        ("NarrativeText", "white on white", "Text", "hidden"),
        ("Other", MACHINE_TEXT, "iVBORw0KGgo", "machine_text"),
        ("Header", None, "Confidential", "header"),
        ("Footer", None, "Confidential", "footer"),
        ("PageNumber", None, "3", "page_number"),
        ("Navigation", None, "Home", "navigation"),
        ("NarrativeText", None, "* * *", "no_words"),
        ("Formula", None, "∑ = ∫", None),
        ("Image", None, "", "empty"),
    ],
)
def test_an_element_is_left_out_only_for_a_reason(kind, hidden, text, reason):
    beside = {"type": "NarrativeText", "hidden": None, "text": "Content"}
    assert exclusions([{"type": kind, "hidden": hidden, "text": text}, beside]) == [reason, None]


def test_hidden_text_is_taken_if_the_recipe_includes_it(chunk):
    rows = [{"text": "Seen."}, {"text": "Unseen.", "hidden": "white"}]
    assert chunk(rows).excluded == {"e1": "hidden"}
    included = chunk(rows, include=frozenset({"hidden"}))
    assert included.excluded == {}
    machine = [{"text": "Seen."}, {"text": "iVBORw0KGgo", "hidden": MACHINE_TEXT}]
    assert chunk(machine, include=frozenset({"hidden"})).excluded == {"e1": "machine_text"}
    assert included.chunks["element_ids"].to_pylist() == [["e0", "e1"]]


def test_navigation_is_taken_if_the_recipe_includes_it(chunk):
    recipe = Recipe(chunk=ChunkRecipe(navigation="include"))
    rows = [{"text": "Text."}, {"type": "Navigation", "text": "Home"}]
    assert chunk(rows).excluded == {"e1": "navigation"}
    assert chunk(rows, include=included(recipe)).excluded == {}
    assert included(Recipe()) == frozenset()


def test_a_document_of_furniture_alone_keeps_it(chunk):
    document = chunk([{"type": "Header", "text": "Draft"}, {"type": "PageNumber", "text": "3"}])
    assert document.excluded == {}
    assert document.chunks["element_ids"].to_pylist() == [["e0", "e1"]]


def test_a_document_of_hidden_text_alone_has_no_chunks(chunk):
    document = chunk([{"hidden": "white", "text": "Draft"}])
    assert document.excluded == {"e0": "hidden"}
    assert document.chunks.num_rows == 0
    assert document.chunks.schema.equals(CHUNKS.schema)


def test_rows_carry_the_document_and_follow_the_schema(chunk):
    table = chunk([{"text": "Text."}], title="T").chunks
    assert table.schema.equals(CHUNKS.schema, check_metadata=True)
    row = table.to_pylist()[0]
    assert (row["path"], row["title"], row["access"]) == ("a.pdf", "T", ["everyone"])
    assert row["recipe"] == "fp"
    assert row["text_hash"] == ids.text_hash(embedding_text(row["context"], row["text"]))


def test_equal_texts_in_one_section_have_different_ids_and_one_hash(chunk):
    note = {"type": "Title", "text": "Note"}
    table = chunk([note, {"text": "See.", "section": ["Note"]}] * 2).chunks
    assert len(set(table["chunk_id"].to_pylist())) == 2
    assert len(set(table["text_hash"].to_pylist())) == 1


def on(page: int, x0: float, y0: float, x1: float, y1: float) -> PageBox:
    return {"page": page, "x0": x0, "y0": y0, "x1": x1, "y1": y1}


def test_boxes_of_neighbours_in_one_column_are_joined_and_others_are_not(chunk):
    places = [on(1, 10, 10, 100, 30), on(1, 10, 34, 100, 50), on(1, 300, 10, 400, 30)]
    places.append(on(2, 10, 10, 100, 30))
    rows = [{"text": f"T{n}.", "page": box["page"], "box": box} for n, box in enumerate(places)]
    row = chunk(rows).chunks.to_pylist()[0]
    assert row["pages"] == [1, 2]
    assert row["boxes"] == [
        on(1, 10, 10, 100, 50),
        on(1, 300, 10, 400, 30),
        on(2, 10, 10, 100, 30),
    ]


def test_the_language_is_that_of_most_of_the_text(chunk):
    rows = [
        {"text": "Short.", "language": "en"},
        {"text": "이 문장은 앞의 것보다 훨씬 깁니다.", "language": "ko"},
        {"text": "Undecided."},
    ]
    assert chunk(rows).chunks["language"].to_pylist() == ["ko"]


def test_the_row_hash_can_be_told_from_the_stored_row(chunk):
    rows = [{"text": "Text.", "page": 1, "box": on(1, 10.123, 20.4567, 99.9999, 30.3)}]
    row = chunk(rows).chunks.to_pylist()[0]
    assert row_hash(row) == row["row_hash"]


@pytest.mark.parametrize(
    "change", [{"access": []}, {"path": "b.pdf"}, {"pages": [2]}, {"title": "U"}, {"text": "X"}]
)
def test_the_row_hash_changes_with_whatever_the_index_holds(chunk, change):
    row = chunk([{"text": "Text.", "page": 1}], title="T").chunks.to_pylist()[0]
    assert row_hash({**row, **change}) != row["row_hash"]


def test_a_prompt_that_leaves_no_room_is_refused(chunk, counter):
    from dataclasses import replace

    from doclake.embed import TokenCounter

    wordy = TokenCounter(replace(counter.source, document_prompt="word " * 30))
    with pytest.raises(ModelError, match=r"max_tokens|document_prompt"):
        chunk([{"text": "Text."}], by=wordy, max_tokens=32)
