"""What styles hide, and what they show again inside it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.extract.reading import hidden, read, said


def split(folder: Path, body: str, sheet: str = "") -> tuple[list[str], dict[str, str]]:
    """Texts that are seen, and those that are not with the reason."""
    found = read(folder, f"<html><head><style>{sheet}</style></head>{body}", "a.html")
    return [text for _, text in said(found) if text], hidden(found)


@pytest.mark.parametrize(
    ("outer", "inner", "reason"),
    [
        ("font-size:0px", "font-size:20px", "font-size:0"),
        ("font-size:0", "font:bold 12px/1.5 Arial", "font-size:0"),
        ("font: 0/0 a", "font-size:1rem", "font-size:0"),
        ("font-size:1px", "font-size:16em", "tiny text"),
        ("color:#ffffff", "color:#333", "white text"),
        ("color:transparent", "color:red", "transparent text"),
        ("visibility:hidden", "visibility:visible", "visibility:hidden"),
    ],
)
def test_what_is_inherited_ends_where_an_element_has_a_value_of_its_own(
    tmp_path: Path, outer: str, inner: str, reason: str
) -> None:
    words = f'unseen <b style="{inner}">seen</b>'
    assert split(tmp_path, f'<div style="{outer}">{words}</div>') == (["seen"], {"unseen": reason})
    table = f'<table border=1 style="{outer}"><tr><td>{words}</td><td>unseen too</td></tr></table>'
    assert split(tmp_path, table) == (["seen"], {"unseen": reason, "unseen too": reason})


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("display:none", "display:block"),
        ("opacity:0", "opacity:1"),
        ("font-size:0", "font-size:2em"),
        ("font-size:0", "font-size:150%"),
        ("font-size:0", "font-size:larger"),
        ("color:#fff", "color:inherit"),
    ],
)
def test_the_rest_hides_all_that_is_inside(tmp_path: Path, outer: str, inner: str) -> None:
    body = f'<p>a<div style="{outer}"><p style="{inner}">unseen</p></div>'
    seen, unseen = split(tmp_path, body)
    assert (seen, list(unseen)) == (["a"], ["unseen"])


def test_a_newsletter_whose_cells_have_no_text_size_is_read(tmp_path: Path) -> None:
    cell = '<td style="font-size:0px;padding:10px"><div style="font-size:20px">Harbour</div></td>'
    picture = '<td style="font-size:0"><img alt="The quay" src="q.png"></td>'
    page = f"<table role=presentation><tr>{cell}{picture}</tr></table>"
    assert split(tmp_path, page) == (["Harbour", "The quay"], {})


def test_the_last_declaration_holds_and_an_important_one_above_all(tmp_path: Path) -> None:
    for style, is_seen in (
        ("display:none;display:block", True),
        ("display:block;display:none", False),
        ("display:none!important;display:block", False),
        ("font-size:0;font-size:14px", True),
        ("font-size:14px;font-size:bogus", True),
        ("visibility:hidden;/* visibility:visible */", False),
    ):
        seen, _ = split(tmp_path, f'<p>a</p><p style="{style}">b</p>')
        assert seen == (["a", "b"] if is_seen else ["a"]), style


def test_rules_show_again_as_styles_do(tmp_path: Path) -> None:
    page = "<div class=row>unseen<div class=col><p>seen</p></div></div>"
    for rule in (
        ".col{font-size:16px}",
        ".row .col{font-size:16px}",
        ".row > div{font-size:16px}",
        "p{font-size:16px}",
        "@media (min-width:480px){.col{font-size:16px}}",
    ):
        found = split(tmp_path, page, f".row{{font-size:0}}{rule}")
        assert found == (["seen"], {"unseen": "font-size:0"}), rule
    for rule in (".col:hover{font-size:16px}", "@media print{.col{font-size:16px}}", ""):
        assert split(tmp_path, f"<p>a</p>{page}", f".row{{font-size:0}}{rule}")[0] == ["a"], rule


def test_of_two_rules_the_later_holds_and_an_id_above_a_class(tmp_path: Path) -> None:
    page = "<p class='y x'>a</p><p class=x id=z>b</p><p class=x>c</p>"
    sheet = "#z{display:block}.x{display:none}.y{display:block}"
    assert split(tmp_path, page, sheet) == (["a", "b"], {"c": "display:none"})


WHITE = ["#fff", "#FFFFFF", "#fefefe", "white", "rgb(255 255 255)", "rgba(255,255,255,.9)"]


@pytest.mark.parametrize("colour", [*WHITE, "hsl(0, 0%, 100%)", "rgb(100%, 100%, 100%)"])
def test_white_on_white_is_not_seen_however_it_is_written(tmp_path: Path, colour: str) -> None:
    for page in (
        f'<p style="color:{colour}">unseen',
        f'<p style="color:{colour};background:#fff">unseen',
        f'<div style="background:#fff none"><p style="color:{colour}">unseen</div>',
        f'<body bgcolor="#ffffff"><p style="color:{colour}">unseen',
        f'<div style="background:navy"><p style="color:{colour};background-color:#fff">unseen',
    ):
        assert split(tmp_path, page) == ([], {"unseen": "white text"}), page


def test_transparent_text_and_white_fonts_are_not_seen(tmp_path: Path) -> None:
    page = "<p style='color:rgba(0,0,0,0)'>a</p><font color='#fff'>b</font><p style='color:#0000'>c"
    unseen = {"a": "transparent text", "b": "white text", "c": "transparent text"}
    assert split(tmp_path, page) == ([], unseen)


@pytest.mark.parametrize(
    "around",
    [
        '<div style="background:#000">',
        '<div style="background:url(sky.jpg)">',
        '<div style="background:linear-gradient(red, blue)">',
        '<div style="background:#000"><div style="background:transparent">',
        '<div style="background:#000"><div style="background:rgba(255,255,255,.1)">',
        '<table border=1 background="sky.jpg"><tr><td>',
        "<body bgcolor=black>",
        '<div class="hero">',
        '<div class="x"><div class="hero">',
    ],
)
def test_white_on_what_is_dark_or_unknown_is_seen(tmp_path: Path, around: str) -> None:
    sheet = ".hero{background-image:url(sky.jpg)}"
    assert split(tmp_path, f'{around}<p style="color:#fff">seen', sheet) == (["seen"], {})
    assert split(tmp_path, f"{around}<font color=white>seen", sheet) == (["seen"], {})


@pytest.mark.parametrize("selector", ["body", "html", ":root", "div p", "p", "@media screen{p"])
def test_rules_that_darken_the_ground_let_white_text_be_seen(tmp_path: Path, selector: str) -> None:
    page = '<body><div><p style="color:#fff">seen</p></div>'
    assert split(tmp_path, page, f"{selector}{{background:#111}}") == (["seen"], {})


def test_a_rule_may_colour_text_and_ground_alike(tmp_path: Path) -> None:
    sheet = ".w{color:#fff;background:#fff}.d{color:#fff;background:#000}"
    page = "<p class=w>unseen</p><p class=d>seen</p><p class=w style='background:#000'>seen too</p>"
    assert split(tmp_path, page, sheet) == (["seen", "seen too"], {"unseen": "white text"})


def test_links_keep_their_own_colour(tmp_path: Path) -> None:
    page = '<p style="color:#fff">unseen <a href="/a">seen</a> <a name=b>nor this</a></p>'
    seen, unseen = split(tmp_path, page)
    assert (seen, set(unseen.values())) == (["seen"], {"white text"})


@pytest.mark.parametrize(
    ("sheet", "style"),
    [
        ("a", ""),
        ("/*", ""),
        ("a:b(", ""),
        ("a[", ""),
        ("@media x{a{font-size:1px}", ""),
        ("", "/*"),
        ("", "font-size:" + "0" * 100),
        ("", "opacity:" + "0" * 100),
        ("", "background:rgb("),
    ],
)
def test_no_style_takes_more_time_than_its_length(tmp_path: Path, sheet: str, style: str) -> None:
    page = f'<p style="{style * 20_000}x">a'
    started = time.process_time()
    split(tmp_path, page, f"{sheet * 20_000}{{")
    assert time.process_time() - started < 5
