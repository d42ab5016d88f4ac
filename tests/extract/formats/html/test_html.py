"""Web pages: structure, boilerplate, what no reader sees."""

from __future__ import annotations

import time
from pathlib import Path

from doclake.extract.model import Extraction
from tests.extract.reading import hidden, read, said

PAGE = """<!doctype html><title>Guide</title><style>.x{display:none}</style>
<header><a href=/>Home</a></header><nav><ul><li><a href=/a>Menu</a></ul></nav>
<main><h1>Guide</h1><p>First <b>words</b>.<br>Second line.</p>
<ul><li>one<ul><li>inner</ul><li>two</ul>
<p style="display:none">secret</p><p class=x>ruled away</p>
<p style="color:#fff">white</p>
<table><tr><th rowspan=2>A<th colspan=2>B<tr><td>1<td>2</table></main>
<footer>All rights reserved</footer>"""


def test_headings_lists_and_tables_keep_their_structure(tmp_path: Path) -> None:
    found = read(tmp_path, PAGE, "a.html")
    assert found.title == "Guide"
    levels = [(e.text, e.level) for e in found.elements if e.type == "ListItem"]
    assert levels == [("one", 1), ("inner", 2), ("two", 1)]
    table = next(e for e in found.elements if e.type == "Table")
    assert 'rowspan="2"' in (table.html or "") and 'colspan="2"' in (table.html or "")
    assert table.text == "A\tB\n1\t2"


def test_boilerplate_is_marked(tmp_path: Path) -> None:
    kinds = {text: kind for kind, text in said(read(tmp_path, PAGE, "a.html"))}
    assert kinds["Home"] == "Header"
    assert kinds["Menu"] == "Navigation"
    assert kinds["All rights reserved"] == "Footer"
    assert kinds["First words.\nSecond line."] == "NarrativeText"


def test_what_is_hidden_stands_apart_with_its_reason(tmp_path: Path) -> None:
    reasons = hidden(read(tmp_path, PAGE, "a.html"))
    assert reasons == {
        "secret": "display:none",
        "ruled away": "display:none",
        "white": "white text",
    }


def test_hidden_words_do_not_break_the_sentence_around_them(tmp_path: Path) -> None:
    page = "<p>Pay <b>ten<span style='display:none'> thousand <a href=/x>now</a></span></b> euros."
    found = read(tmp_path, page, "a.html")
    assert said(found) == [("NarrativeText", "Pay ten euros.")]
    assert hidden(found) == {"thousand now": "display:none"}


def test_a_table_without_headings_is_a_table(tmp_path: Path) -> None:
    rows = "<tr><td><p>Kim</p><td>12<tr><td><p>Lee</p><td>9"
    found = read(tmp_path, f"<p>Scores<table border=1>{rows}</table>", "a.html")
    assert said(found) == [("NarrativeText", "Scores"), ("Table", "Kim\t12\nLee\t9")]


def test_a_table_around_tables_is_a_frame_of_the_page(tmp_path: Path) -> None:
    inner = "<table><tr><td>a<td>b<tr><td>c<td>d</table>"
    page = f"<table><tr><td>{inner}<td>{inner}</table>"
    assert [kind for kind, _ in said(read(tmp_path, page, "a.html"))] == ["Table", "Table"]


def test_nesting_of_any_depth_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, "<html><body>" + "<b>" * 20_000 + "deep", "a.html")
    assert said(found) == [("NarrativeText", "deep")]


def test_tables_nested_by_the_thousand_take_no_more_than_others(tmp_path: Path) -> None:
    page = "<body>" + "<table><tr><td>" * 3_000 + "deep"
    started = time.process_time()
    assert said(read(tmp_path, page, "a.html")) == [("NarrativeText", "deep")]
    assert time.process_time() - started < 10  # it was hours: the cube of their number


def test_a_title_that_never_ends_does_not_swallow_the_page(tmp_path: Path) -> None:
    found = read(tmp_path, "<html><title>T<body><p>one<p>two", "a.html")
    assert ("NarrativeText", "two") in said(found)


PROSE = "<p>" + "A sentence that says something about the harbour and its boats. " * 5 + "</p>"


def kinds(found: Extraction) -> dict[str, str]:
    return {text: kind for kind, text in said(found)}


def test_content_is_found_where_no_tag_and_no_class_tells_it(tmp_path: Path) -> None:
    page = f"""<title>Boats in winter - The Post</title>
    <div><h1>The Post</h1><a href=/a>World</a></div>
    <div><div><h2>Boats in winter</h2><div>{PROSE * 3}</div></div>
    <div>From elsewhere: one teaser that is long enough to be a sentence of its own.</div></div>
    <div>Call us</div>"""
    found = kinds(read(tmp_path, page, "a.html"))
    assert found["The Post"] == "Header" and found["World"] == "Header"
    assert found["Boats in winter"] == "Title"
    assert found["Call us"] == "Footer"
    assert list(found.values()).count("NarrativeText") == 1


def test_posts_of_one_kind_all_stay_however_long_one_of_them_is(tmp_path: Path) -> None:
    posts = "".join(f"<div class=post><p>{text}</p></div>" for text in (PROSE * 9, "Yes.", "No."))
    found = kinds(read(tmp_path, f"<title>T</title><div>{posts}</div>", "a.html"))
    assert found["Yes."] == found["No."] == "NarrativeText"


def test_a_paragraph_is_content_whatever_its_class_says(tmp_path: Path) -> None:
    page = f"<title>T</title><article>{PROSE}<p class='newsletter related'>Kept.</p></article>"
    assert kinds(read(tmp_path, page, "a.html"))["Kept."] == "NarrativeText"


def test_a_table_beside_the_prose_is_content(tmp_path: Path) -> None:
    rows = "".join(f"<tr><th>Size {n}</th><td>{n} cm and some words</td></tr>" for n in range(20))
    page = f"<title>T</title><div><table>{rows}</table><div>{PROSE}</div></div>"
    assert "Table" in kinds(read(tmp_path, page, "a.html")).values()


def test_boxes_small_print_and_menus_are_told_by_their_words(tmp_path: Path) -> None:
    menu = "".join(f"<li><a href=/{n}>Item {n}</a> <i>12.0{n}.</i></li>" for n in range(5))
    page = f"""<title>T</title><div>{PROSE}
    <section><h3>많이 본 뉴스</h3><p>다른 이야기</p></section>
    <p>저작권자 © 바다일보 무단전재 금지</p><h4>Elsewhere</h4>
    <ul>{menu.replace("<i>", "</li><li>").replace("</i>", "")}</ul></div>"""
    found = kinds(read(tmp_path, page, "a.html"))
    assert found["다른 이야기"] == found["Item 3"] == found["Elsewhere"] == "Navigation"
    assert found["저작권자 © 바다일보 무단전재 금지"] == "Footer"


def test_prose_that_speaks_of_copyright_is_content(tmp_path: Path) -> None:
    rule = "Whoever copies a chart puts the sign © and the year below it."
    korean = "저작권자의 허락 없이는 해도를 베낄 수 없다."
    page = f"<title>T</title><h2>© and charts</h2><p>{rule}</p><p>{korean}</p>{PROSE}"
    found = kinds(read(tmp_path, f"{page}<p>© 2025 The Chart Office</p>", "a.html"))
    assert found["© and charts"] == "Title"
    assert found[rule] == found[korean] == "NarrativeText"
    assert found["© 2025 The Chart Office"] == "Footer"


def test_a_sentence_of_small_print_below_the_prose_is_a_footer(tmp_path: Path) -> None:
    notice = "All rights reserved. No part of it may be reproduced without permission."
    assert kinds(read(tmp_path, f"<p>{PROSE}</p><p>{notice}</p>", "a.html"))[notice] == "Footer"
    headed = kinds(read(tmp_path, f"<p>{PROSE}</p><h2>Rights</h2><p>{notice}</p>", "a.html"))
    assert headed[notice] == "NarrativeText"


def test_the_only_text_of_a_page_is_its_content(tmp_path: Path) -> None:
    for page in (
        "<h1>Copyright</h1><p>Each chart bears © and year.</p><p>© 2019 may stand without it.</p>",
        "<p>© 2024 Harbour Office</p>",
        "<footer><h1>Opening hours</h1><p>The office opens at nine.</p></footer>",
        "<div class=cookies><p>We set one cookie.</p></div>",
        "<h1>Places</h1><nav><a href=/a>Anchorage</a></nav>",
    ):
        found = kinds(read(tmp_path, page, "a.html"))
        assert not {"Header", "Footer", "Navigation"} & {*found.values()}, found


def test_deleted_text_stands_apart_and_crossed_out_text_stays(tmp_path: Path) -> None:
    page = """<p>Closes at <del>noon</del><ins>one</ins>, <s>gone</s> <del class="x">two</del>.</p>
<table><tr><th>a</th><th>b</th></tr><tr><td>x <del>y</del></td><td>z</td></tr></table>"""
    found = read(tmp_path, page, "a.html")
    assert said(found) == [
        ("NarrativeText", "Closes at one, gone ."),
        ("Table", "a\tb\nx\tz"),
    ]
    assert hidden(found) == {"noon two": "deleted text", "y": "deleted text"}


def test_processing_instructions_and_odd_numbers_do_no_harm(tmp_path: Path) -> None:
    page = """<div><?php echo 1 ?><p>a <?tr ?>b</p></div><ol start="²"><li>c</li></ol>
<table><?tr ?><tr><th>d</th><td>e<?tr ?></td></tr><tr><td>f</td><td>g</td></tr></table>"""
    texts = [text for _, text in said(read(tmp_path, page, "a.html"))]
    assert texts == ["a b", "1. c", "d\te\nf\tg"]


def test_powers_and_marks_of_notes_are_told_from_what_they_follow(tmp_path: Path) -> None:
    page = """<p>10<sup>6</sup> m<sup>2</sup>, 2<sup>n+1</sup>, (a+b)<sup>2</sup>, 2<sup>nd</sup>
    <p>A claim<sup>12</sup> and<sup class=ref><a href=#n1>[1]</a></sup> H<sub>2</sub>O<table>
    <tr><th>a<th>b<tr><td>10<sup>-3</sup><td>note<sup>b</sup></table>"""
    assert [text for _, text in said(read(tmp_path, page, "a.html"))] == [
        "10^6 m², 2^(n+1), (a+b)^2, 2nd",
        "A claim [12] and [1] H2O",
        "a\tb\n10^-3\tnote [b]",
    ]


def test_glosses_stand_in_brackets(tmp_path: Path) -> None:
    page = "<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>を読む"
    assert said(read(tmp_path, page, "a.html")) == [("NarrativeText", "漢(かん)字(じ)を読む")]


def test_formulas_are_written_in_a_line(tmp_path: Path) -> None:
    root = "<msqrt><msup><mi>b</mi><mn>2</mn></msup><mo>-</mo><mn>4</mn></msqrt>"
    page = f"<p>So <math><mfrac><mrow><mi>x</mi><mo>+</mo>{root}</mrow><mn>2</mn></mfrac></math>."
    assert said(read(tmp_path, page, "a.html")) == [("NarrativeText", "So (x+√(b^2-4))/2 .")]


def test_items_have_the_numbers_that_a_browser_shows(tmp_path: Path) -> None:
    page = """<ol start=4><li>d<li value=10>j<li>k</ol><ol type=a><li>x<li>y<ol type=I><li>z</ol>
    <li>w</ol><ol reversed><li>three<li>two</ol><ol style="list-style-type: upper-roman"><li>r</ol>
    <ol style="list-style: none"><li>plain</ol><ul><li>dot</ul>"""
    assert [text for _, text in said(read(tmp_path, page, "a.html"))] == [
        *("4. d", "10. j", "11. k", "a. x", "b. y", "I. z", "c. w", "2. three", "1. two"),
        *("I. r", "plain", "dot"),
    ]


def test_headings_lose_the_links_to_themselves(tmp_path: Path) -> None:
    page = """<h1>Guide<a class=headerlink href=#guide>¶</a></h1><p>Text # 3
    <h2><a href=#setup aria-hidden=true>#</a> Set up</h2><p><a href=#x>#</a> stays"""
    assert [text for _, text in said(read(tmp_path, page, "a.html"))] == [
        *("Guide", "Text # 3", "Set up", "# stays")
    ]


def test_labels_of_drawings_are_read(tmp_path: Path) -> None:
    drawing = """<svg><title>Flow</title><defs><text>unused</text></defs><g><text>Quay <tspan>9
    </tspan></text></g><foreignObject><div>Crane</div></foreignObject></svg>"""
    found = read(tmp_path, f"<p>See: {drawing}<table><tr><th>a<td>{drawing}</table>", "a.html")
    assert said(found) == [
        ("NarrativeText", "See:"),
        ("Image", "Quay 9\nCrane"),
        ("Table", "a\tQuay 9 Crane"),
    ]


def test_links_that_follow_each_other_are_words_of_their_own(tmp_path: Path) -> None:
    page = "<nav><a href=/>Home</a><a href=/k>Kelp</a><a href=#>Tide</a><a href=#>Jobs</a></nav>"
    found = read(tmp_path, f"{page}<p><a href=/b>foot</a>ball is <a href=/>played</a>", "a.html")
    assert [text for _, text in said(found)] == ["Home Kelp Tide Jobs", "football is played"]


def test_rows_stand_as_a_browser_draws_them_wherever_their_section_is_written(
    tmp_path: Path,
) -> None:
    foot, head = "<tfoot><tr><td>Total<td>9</tfoot>", "<thead><tr><th>A<th>B</thead>"
    page = f"<table>{foot}<tbody><tr><td>x<td>4<tr><td>y<td>5</tbody>{head}</table>"
    (table,) = read(tmp_path, page, "a.html").elements
    assert table.text == "A\tB\nx\t4\ny\t5\nTotal\t9"
    assert (table.html or "").startswith("<table><tr><th>A</th>")


def test_a_cell_without_a_number_of_rows_goes_to_the_end_of_its_section(tmp_path: Path) -> None:
    body = "<tbody><tr><td rowspan=0>a<td>1<tr><td>2<tr><td>3</tbody>"
    page = f"<table><tr><th>A<th>B</tr>{body}<tbody><tr><td>b<td>4</table>"
    (table,) = read(tmp_path, page, "a.html").elements
    assert '<td rowspan="3">a</td>' in (table.html or "")


def test_what_plays_a_heading_is_one(tmp_path: Path) -> None:
    page = """<div role=heading aria-level=3>Hours</div><p>It opens at nine.</p>
    <span role=heading>Fees</span> None. <div role="heading" aria-level="x">Ways</div>"""
    found = read(tmp_path, page, "a.html")
    titles = [(e.text, e.level) for e in found.elements if e.type == "Title"]
    assert titles == [("Hours", 3), ("Fees", 2), ("Ways", 2)]
