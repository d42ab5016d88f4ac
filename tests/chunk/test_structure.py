"""The default strategy: what stands together, what is cut, and where."""

from __future__ import annotations

from itertools import pairwise

EN = (
    "Every change is first appended to a write-ahead log and flushed to disk. "
    "When the server restarts after a failure, it replays the committed records. "
)
KO = (
    "통화 당국은 기준 금리를 올려 대출 비용을 높인다. "
    "가계와 기업이 지출을 줄이면 수요가 식고 가격 상승이 둔화되는데, "
    "보통 1년 이상의 시차를 두고 나타난다. "
)


def texts(document):
    return document.chunks["text"].to_pylist()


def members(document):
    return document.chunks["element_ids"].to_pylist()


def test_small_neighbours_of_one_section_share_a_chunk(chunk):
    rows = [{"text": f"Short paragraph {n}.", "section": ["A"]} for n in range(3)]
    assert members(chunk(rows)) == [["e0", "e1", "e2"]]


def test_a_chunk_never_holds_two_sections(chunk):
    rows = [
        {"type": "Title", "text": "One"},
        {"text": "First.", "section": ["One"]},
        {"type": "Title", "text": "Two"},
        {"text": "Second.", "section": ["Two"]},
    ]
    document = chunk(rows)
    assert texts(document) == ["One\nFirst.", "Two\nSecond."]
    assert document.chunks["section"].to_pylist() == [["One"], ["Two"]]


def test_two_sections_of_the_same_name_stay_apart(chunk):
    notes = [{"type": "Title", "text": "Notes"}, {"text": "Text.", "section": ["Notes"]}]
    document = chunk(notes + notes)
    assert members(document) == [["e0", "e1"], ["e2", "e3"]]
    assert len(set(document.chunks["chunk_id"].to_pylist())) == 2


def test_a_heading_without_body_opens_the_section_below_it(chunk):
    rows = [
        {"type": "Title", "text": "Chapter 1"},
        {"type": "Title", "text": "1.1 Scope", "section": ["Chapter 1"]},
        {"text": "Body.", "section": ["Chapter 1", "1.1 Scope"]},
    ]
    document = chunk(rows, title="Manual")
    assert texts(document) == ["Chapter 1\n1.1 Scope\nBody."]
    assert document.chunks["context"].to_pylist() == [""]


def test_headings_that_head_nothing_are_kept(chunk):
    rows = [
        {"type": "Title", "text": "Empty"},
        {"type": "Title", "text": "Full"},
        {"text": "Body.", "section": ["Full"]},
        {"type": "Title", "text": "Last"},
    ]
    assert texts(chunk(rows)) == ["Empty", "Full\nBody.", "Last"]


def test_a_heading_goes_with_its_text_where_the_format_tells_no_sections(chunk):
    rows = [{"type": "Title", "text": "Heading"}, {"text": "Body."}, {"text": "More."}]
    document = chunk(rows)
    assert texts(document) == ["Heading\nBody.\nMore."]
    assert document.chunks["section"].to_pylist() == [["Heading"]]


def test_later_chunks_of_a_section_carry_its_heading_in_their_context(chunk):
    rows = [{"type": "Title", "text": "Log"}, {"text": EN * 10, "section": ["Log"]}]
    document = chunk(rows, title="Manual", max_tokens=100)
    contexts = document.chunks["context"].to_pylist()
    assert contexts[0] == ""
    assert len(contexts) > 2
    assert set(contexts[1:]) == {"Log"}


def test_a_title_that_all_chunks_share_stands_in_front_of_none(chunk):
    rows = [{"type": "Title", "text": "Manual"}, {"text": EN * 10, "section": ["Manual"]}]
    document = chunk(rows, title="Manual", max_tokens=100)
    assert set(document.chunks["context"].to_pylist()) == {""}


def test_no_context_is_embedded_if_the_recipe_says_so(chunk):
    rows = [{"text": EN * 10, "section": ["Log"]}]
    document = chunk(rows, title="Manual", max_tokens=100, context=False)
    assert set(document.chunks["context"].to_pylist()) == {""}


def test_the_context_is_the_innermost_heading_and_a_long_one_is_shortened(chunk, counter):
    path = [f"A heading of some length that says what comes, number {n}" for n in range(6)]
    document = chunk([{"text": "Body.", "section": path}], title="Manual", max_tokens=128)
    assert document.chunks["context"].to_pylist() == [path[-1]]
    endless = chunk([{"text": "Body.", "section": ["word " * 200]}], max_tokens=128)
    context = endless.chunks["context"][0].as_py()
    assert context.endswith("…")
    assert counter.count_bare([context])[0] <= 32


def test_an_oversized_paragraph_is_cut_between_sentences(chunk):
    document = chunk([{"text": EN * 10}], max_tokens=100)
    assert len(texts(document)) > 2
    assert all(text.endswith(".") for text in texts(document))
    assert " ".join(texts(document)) == (EN * 10).strip()


def test_korean_is_cut_between_korean_sentences(chunk):
    document = chunk([{"text": KO * 8, "language": "ko"}], max_tokens=120)
    assert len(texts(document)) > 2
    assert all(text.endswith("다.") for text in texts(document))
    assert " ".join(texts(document)) == (KO * 8).strip()


def test_a_sentence_too_long_for_any_chunk_is_cut_at_words(chunk):
    words = [f"word{n}" for n in range(400)]
    document = chunk([{"text": " ".join(words)}], max_tokens=64)
    assert " ".join(texts(document)).split() == words


def test_a_table_that_fits_is_whole(chunk):
    table = "Name\tPrice\n" + "\n".join(f"item {n}\t{n}.50" for n in range(10))
    rows = [{"text": EN * 2}, {"type": "Table", "text": table}]
    assert sum(table in text for text in texts(chunk(rows, max_tokens=128))) == 1


def test_parts_of_a_table_repeat_its_header_rows_and_cut_no_row(chunk):
    header = "Region\tSales\n\t2024"
    body = [f"region {n}\t{n * 7}" for n in range(120)]
    html = "<table><tr><th>Region</th><th>Sales</th></tr><tr><th></th><th>2024</th></tr><tr><td>"
    rows = [{"type": "Table", "text": "\n".join([header, *body]), "html": html}]
    parts = texts(chunk(rows, max_tokens=128))
    assert len(parts) > 3
    assert all(part.startswith(header + "\n") for part in parts)
    assert [line for part in parts for line in part.split("\n")[2:]] == body


def test_a_caption_goes_with_its_table(chunk):
    table = "Name\tPrice\n" + "\n".join(f"item {n}\t{n}.50" for n in range(12))
    rows = [
        {"text": EN * 3},
        {"type": "Caption", "text": "Table 1: prices"},
        {"type": "Table", "text": table},
    ]
    assert members(chunk(rows, max_tokens=140))[-1] == ["e1", "e2"]


def test_a_list_keeps_its_lead_in_in_every_chunk(chunk):
    items = [{"type": "ListItem", "text": f"{n}. {EN}"} for n in range(6)]
    document = chunk([{"text": "The steps are:"}, *items], max_tokens=128)
    assert len(texts(document)) > 1
    assert all(text.startswith("The steps are:\n") for text in texts(document))


def test_code_that_fits_is_whole_and_larger_code_is_cut_at_lines(chunk):
    code = "\n".join(f"    total_{n} = compute(total_{n - 1})" for n in range(40))
    document = chunk([{"type": "Code", "text": code}], max_tokens=128)
    lines = [line.strip() for text in texts(document) for line in text.split("\n")]
    assert lines == [line.strip() for line in code.split("\n")]
    small = chunk([{"text": EN}, {"type": "Code", "text": code[:300]}], max_tokens=128)
    assert any(code[:300].strip() in text for text in texts(small))


def test_overlap_repeats_whole_sentences_inside_a_section_only(chunk):
    first = [f"Sentence {n} of the first section says a little." for n in range(20)]
    second = [f"Sentence {n} of the second section says a little." for n in range(20)]
    rows = [{"text": " ".join(first), "section": ["A"]}, {"text": " ".join(second)}]
    document = chunk(rows, max_tokens=100, overlap_tokens=30)
    of_first = [t for t, e in zip(texts(document), members(document), strict=True) if "e0" in e]
    for before, after in pairwise(of_first):
        repeated = [sentence for sentence in first if sentence in before and sentence in after]
        assert repeated
        assert after.startswith(repeated[0])
        assert before.endswith(repeated[-1])
    assert not any("second section" in text for text in of_first)
    assert texts(document)[len(of_first)].startswith(second[0])


def test_notes_stand_after_the_section_they_interrupt(chunk):
    rows = [
        {"text": "Before the page break", "section": ["A"], "page": 1},
        {"type": "Footnote", "text": "1 A note.", "section": ["A"], "page": 1},
        {"text": "and after it.", "section": ["A"], "page": 2},
    ]
    assert members(chunk(rows)) == [["e0", "e2"], ["e1"]]


def test_no_chunk_holds_two_slides(chunk):
    rows = [
        {"type": "Title", "text": "One", "page": 1},
        {"text": "First.", "section": ["One"], "page": 1},
        {"text": "Second.", "page": 2},
        {"text": "Third.", "page": 3},
    ]
    assert texts(chunk(rows, slides=True)) == ["One\nFirst.", "Second.", "Third."]
    assert texts(chunk(rows)) == ["One\nFirst.", "Second.\nThird."]
