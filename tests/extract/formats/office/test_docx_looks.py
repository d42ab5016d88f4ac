"""DOCX: text that a reader does not see, and white text that one does."""

from __future__ import annotations

from pathlib import Path

import pytest

from doclake.extract.formats.office.package import A, W
from tests.extract.reading import hidden, read, said
from tests.extract.word_package import package, paragraph

WHITE = '<w:color w:val="FFFFFF"/>'
DARK, AUTO, PAPER, PALE = (
    f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>'
    for fill in ("1F3864", "auto", "FFFFFF", "F2F2F2")
)
PATTERN = '<w:shd w:val="solid" w:color="000000" w:fill="FFFFFF"/>'
THEME = '<w:shd w:val="clear" w:fill="auto" w:themeFill="accent1"/>'
ACCENT = "<a:solidFill><a:schemeClr val='accent1'/></a:solidFill>"
BY_STYLE = "<s:style xmlns:s='s'><a:fillRef idx='1'><a:schemeClr val='dk1'/></a:fillRef></s:style>"
INK = "<a:ln><a:solidFill><a:srgbClr val='000000'/></a:solidFill></a:ln>"


def styles(*markup: str) -> dict[str, tuple[str, bytes]]:
    root = f'<w:styles xmlns:w="{W[1:-1]}">{"".join(markup)}</w:styles>'
    return {"s": ("styles/styles.xml", root.encode())}


def style(name: str, look: str, kind: str = "paragraph", base: str = "") -> str:
    based = f'<w:basedOn w:val="{base}"/>' if base else ""
    return f'<w:style w:type="{kind}" w:styleId="{name}">{based}{look}</w:style>'


def styled(text: str, name: str, look: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{name}"/></w:pPr>'
    return f"<w:p>{properties}<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def table(text: str, cell: str = "", whole: str = "", own: str = "") -> str:
    """A table of two cells, the first with a text in white."""
    first = f"<w:tc><w:tcPr>{cell}</w:tcPr>{paragraph(text, WHITE + own)}</w:tc>"
    second = f"<w:tc>{paragraph('b')}</w:tc>"
    return f"<w:tbl><w:tblPr>{whole}</w:tblPr><w:tr>{first}{second}</w:tr></w:tbl>"


def unseen(folder: Path, body: str, *markup: str) -> str | None:
    """Why the text `x` of a body is hidden."""
    found = read(folder, package(body, parts=styles(*markup)), "a.docx")
    text = " ".join(text for _, text in said(found))
    reason = hidden(found).get("x")
    assert ("x" in text) == (reason is None)
    return reason


@pytest.mark.parametrize("shade", ["", AUTO, PAPER, PALE])
def test_white_text_on_white_is_hidden_wherever_the_white_comes_from(
    tmp_path: Path, shade: str
) -> None:
    near = '<w:color w:val="FEFEFE"/>'
    bodies = (table("x", shade), table("x", "", shade), paragraph("x", near + shade))
    assert [unseen(tmp_path, body) for body in bodies] == ["white text"] * 3
    assert unseen(tmp_path, styled("x", "s"), style("s", f"<w:rPr>{WHITE}{shade}</w:rPr>"))


@pytest.mark.parametrize("shade", [DARK, PATTERN, THEME])
def test_white_text_on_a_dark_ground_is_seen(tmp_path: Path, shade: str) -> None:
    bodies = (table("x", shade), table("x", AUTO, shade), paragraph("x", WHITE + shade))
    assert [unseen(tmp_path, body) for body in bodies] == [None] * 3
    for look in (f"<w:pPr>{shade}</w:pPr><w:rPr>{WHITE}</w:rPr>", f"<w:rPr>{WHITE}{shade}</w:rPr>"):
        based = (style("s", "", base="t"), style("t", look))
        assert unseen(tmp_path, styled("x", "s"), *based) is None
    head = style("t", f'<w:tblStylePr w:type="firstRow"><w:tcPr>{shade}</w:tcPr></w:tblStylePr>')
    dark = table("x", whole='<w:tblStyle w:val="t"/>')
    assert unseen(tmp_path, dark, head) is None
    assert unseen(tmp_path, dark, style("t", "")) == "white text"


def test_the_nearest_ground_counts(tmp_path: Path) -> None:
    assert unseen(tmp_path, table("x", DARK, own=PAPER)) == "white text"
    assert unseen(tmp_path, table("x", DARK, own='<w:highlight w:val="white"/>')) == "white text"
    assert unseen(tmp_path, table("x", PAPER, own='<w:highlight w:val="black"/>')) is None
    inner = (
        f"<w:tbl><w:tr><w:tc>{table('x', DARK)}</w:tc><w:tc>{paragraph('c')}</w:tc></w:tr></w:tbl>"
    )
    assert unseen(tmp_path, inner) is None
    banner = (
        f"<w:tbl><w:tr><w:tc><w:tcPr>{DARK}</w:tcPr>{paragraph('x', WHITE)}</w:tc></w:tr></w:tbl>"
    )
    assert unseen(tmp_path, banner) is None


@pytest.mark.parametrize(
    ("look", "reason"),
    [
        (f"<w:rPr>{WHITE}</w:rPr>", "white text"),
        ('<w:rPr><w:sz w:val="2"/></w:rPr>', "tiny text"),
        ("<w:rPr><w:vanish/></w:rPr>", "w:vanish"),
    ],
)
def test_styles_hide_text_unless_a_nearer_one_shows_it(
    tmp_path: Path, look: str, reason: str
) -> None:
    shown = '<w:vanish w:val="0"/><w:color w:val="auto"/><w:sz w:val="20"/>'
    by_base = (style("s", "", base="t"), style("t", look))
    assert unseen(tmp_path, styled("x", "s"), *by_base) == reason
    assert unseen(tmp_path, styled("x", "s", shown), *by_base) is None
    character = (style("c", look, "character"), style("s", f"<w:rPr>{shown}</w:rPr>"))
    assert unseen(tmp_path, styled("x", "s", '<w:rStyle w:val="c"/>'), *character) == reason
    default = style("s", look).replace("<w:style ", '<w:style w:default="1" ')
    assert unseen(tmp_path, paragraph("x"), default) == reason
    base = f"<w:docDefaults><w:rPrDefault>{look}</w:rPrDefault></w:docDefaults>"
    assert unseen(tmp_path, paragraph("x"), base) == reason
    assert unseen(tmp_path, paragraph("x", shown), base) is None


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (f"<s:spPr xmlns:s='s'>{ACCENT}</s:spPr>", None),
        (f"<s:spPr xmlns:s='s'>{ACCENT.replace('accent1', 'bg1')}</s:spPr>", "white text"),
        (f"<s:spPr xmlns:s='s'><a:noFill/>{INK}</s:spPr>", "white text"),
        (f"<s:spPr xmlns:s='s'><a:ln><a:noFill/></a:ln></s:spPr>{BY_STYLE}", None),
        (f"<s:spPr xmlns:s='s'><a:noFill/></s:spPr>{BY_STYLE}", "white text"),
        ("<v:rect fillcolor='#4472c4 [3204]'/>", None),
        ("<v:rect fillcolor='#fff'/>", "white text"),
        ("<v:rect fillcolor='black' filled='f'/>", "white text"),
    ],
)
def test_the_fill_of_a_text_box_lies_behind_its_text(
    tmp_path: Path, shape: str, reason: str | None
) -> None:
    box = f"<w:txbxContent>{paragraph('x', WHITE)}</w:txbxContent>"
    drawing = f"<w:drawing xmlns:a='{A[1:-1]}'>{shape}{box}</w:drawing>"
    assert unseen(tmp_path, f"<w:p><w:r><w:t>b</w:t>{drawing}</w:r></w:p>") == reason


def test_the_colour_of_the_paper_lies_behind_all(tmp_path: Path) -> None:
    for color, seen in (("1F3864", True), ("FFFFFF", False)):
        paper = f'<w:background w:color="{color}"/>'
        found = read(tmp_path, package(paragraph("x", WHITE), paper=paper), "a.docx")
        assert bool(said(found)) == seen
