"""The engine `unstructured`, in process and in the guarded worker."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest

from doclake.errors import DocumentEmpty
from doclake.extract import registry
from doclake.extract.extractor import Document, Extractor
from doclake.extract.model import Extraction
from doclake.settings import ExtractRecipe, Limits
from tests.extract.reading import read, said

PROSE = "The harbour closes at noon, and nobody may enter it before the storm has passed."
KOREAN = "태풍이 지나갈 때까지 아무도 항구에 들어갈 수 없으며, 정오에 문을 닫는다."


def partitioned(folder: Path, data: bytes | str, name: str) -> Extraction:
    found = read(folder, data, name, engine="unstructured")
    assert {e.method for e in found.elements if e.type != "Metadata"} == {"unstructured"}
    return found


def saved(document: object) -> bytes:
    stream = BytesIO()
    document.save(stream)  # type: ignore[attr-defined]
    return stream.getvalue()


def test_the_engine_reads_what_formats_says_it_reads() -> None:
    for _, kind in registry.kinds():
        module = type(registry.load(kind.name, "unstructured")).__module__
        assert module.endswith("unstructured_engine") == bool(kind.partitioner)


def test_html_keeps_levels_tables_and_links(tmp_path: Path) -> None:
    page = f"<h1>Port</h1><h2>Hours</h2><p>{PROSE} <a href='https://example.org/'>More</a></p>"
    page += "<table><tr><td>Pier</td><td>Depth</td></tr><tr><td>A</td><td>9 m</td></tr></table>"
    found = partitioned(tmp_path, f"<html><body>{page}</body></html>", "a.html")
    assert said(found) == [
        ("Title", "Port"),
        ("Title", "Hours"),
        ("NarrativeText", f"{PROSE} More"),
        ("Table", "Pier\tDepth\nA\t9 m"),
    ]
    assert [e.level for e in found.elements[:2]] == [1, 2]
    assert found.elements[1].parent == 0
    assert found.elements[2].links == ("https://example.org/",)
    assert (found.elements[3].html or "").startswith("<table><tr><td>Pier</td>")
    assert found.title == "Port"


def test_markdown_keeps_headings_and_lists(tmp_path: Path) -> None:
    found = partitioned(tmp_path, f"# 항구\n\n{KOREAN}\n\n- 하나\n- 둘\n", "a.md")
    assert said(found) == [
        ("Title", "항구"),
        ("NarrativeText", KOREAN),
        ("ListItem", "하나"),
        ("ListItem", "둘"),
    ]


def test_word_documents_keep_levels_and_pages(tmp_path: Path) -> None:
    from docx import Document as Docx
    from docx.oxml import OxmlElement

    document = Docx()
    document.add_heading("Port", 1)
    document.add_heading("Hours", 2)
    document.add_paragraph(PROSE)
    rendered = document.add_paragraph().add_run()  # as Word marks where it broke the page
    rendered._r.append(OxmlElement("w:lastRenderedPageBreak"))
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Pier", "9 m"
    found = partitioned(tmp_path, saved(document), "a.docx")
    assert said(found) == [
        ("Title", "Port"),
        ("Title", "Hours"),
        ("NarrativeText", PROSE),
        ("Table", "Pier\t9 m"),
    ]
    assert [e.level for e in found.elements[:2]] == [1, 2]
    assert [e.page for e in found.elements] == [1, 1, 1, 2]
    assert found.pages == 2


def test_presentations_keep_slides_and_notes(tmp_path: Path) -> None:
    from pptx import Presentation

    deck = Presentation()
    for name in ("Port", "Hours"):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = name
        slide.placeholders[1].text = f"{name} in short"
        slide.notes_slide.notes_text_frame.text = f"{PROSE} {name}."
    found = partitioned(tmp_path, saved(deck), "a.pptx")
    assert ("Title", "Hours") in said(found)
    assert [e.page for e in found.elements if "in short" in e.text] == [1, 2]
    assert sum(PROSE in e.text for e in found.elements) == 2
    assert found.pages == 2


def test_workbooks_give_a_table_for_each_sheet(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["Pier", "Depth"])
    book.active.append(["A", 9])
    other = book.create_sheet("Other")
    other.append(["Ship", "Crew"])
    other.append(["Haneul", 12])
    found = partitioned(tmp_path, saved(book), "a.xlsx")
    assert [(e.type, e.page, e.text) for e in found.elements] == [
        ("Table", 1, "Pier\tDepth\nA\t9"),
        ("Table", 2, "Ship\tCrew\nHaneul\t12"),
    ]


@pytest.mark.parametrize(("name", "mark"), [("a.csv", ","), ("a.tsv", "\t")])
def test_delimited_text_is_read_in_its_encoding(tmp_path: Path, name: str, mark: str) -> None:
    rows = [("항구", "수심"), ("노을항", "아홉 미터"), ("바람항", "열두 미터")]
    data = "\n".join(mark.join(row) for row in rows).encode("cp949")
    found = partitioned(tmp_path, data, name)
    assert said(found) == [("Table", "\n".join("\t".join(row) for row in rows))]


def test_a_mail_keeps_its_fields_and_hands_its_attachment_on(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "항구 소식"
    mail.set_content(f"<h1>Port</h1><p>{PROSE}</p>", subtype="html")
    mail.add_attachment(b"inside", maintype="application", subtype="x-x", filename="in.bin")
    found = partitioned(tmp_path, mail.as_bytes(), "a.eml")
    assert found.elements[0].type == "Metadata"
    assert said(found)[1:] == [("Title", "Port"), ("NarrativeText", PROSE)]
    assert found.elements[2].parent == 1
    assert found.title == "항구 소식"
    assert [(child.name, child.data) for child in found.children] == [("in.bin", b"inside")]


def test_nothing_is_lost_where_unstructured_cuts_a_page_off(tmp_path: Path) -> None:
    deep = f"<p>{PROSE}</p>{'<div>' * 300}<p>Down here.</p>{'</div>' * 300}<p>And after.</p>"
    found = read(tmp_path, f"<html><body>{deep}</body></html>", "a.html", engine="unstructured")
    assert [text for _, text in said(found)] == [PROSE, "Down here.", "And after."]
    assert {e.method for e in found.elements} == {"selectolax (unstructured: nested too deep)"}


def test_what_makes_unstructured_fail_is_read_natively(tmp_path: Path) -> None:
    uneven = "a,b\n1,2,3,4\n"
    found = read(tmp_path, uneven, "a.csv", engine="unstructured")
    assert "4" in found.elements[0].text
    assert found.elements[0].method == "csv (unstructured: ParserError)"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", "<html><body><script>1</script></body></html>"),
        ("a.md", "<!-- nothing to see -->\n"),
        ("a.txt", " \n\n \t\n"),
    ],
)
def test_a_document_without_content_is_a_failure(tmp_path: Path, name: str, data: str) -> None:
    with pytest.raises(DocumentEmpty):
        read(tmp_path, data, name, engine="unstructured")


@pytest.mark.slow
def test_in_the_guarded_child_the_recipe_chooses_the_engine(
    document: Callable[..., Document],
) -> None:
    page = f"<html><body><h1>Port</h1><p>{PROSE}</p></body></html>"
    chosen = [
        document(page, "a.html", recipe=ExtractRecipe(engine="unstructured")),
        document(page, "b.html"),
    ]
    with Extractor(Limits(), 1) as extractor:
        done = [tree[0] for tree in extractor.extract(chosen)]
    assert [one.error for one in done] == [None, None]
    assert [set(one.elements["method"].to_pylist()) for one in done] == [
        {"unstructured"},
        {"selectolax"},
    ]


def test_no_address_is_looked_up_or_connected_to(tmp_path: Path) -> None:
    """In a fresh process, because telemetry speaks on import; with no setting of ours around."""
    script = """
        import os, sys
        for name in ("DO_NOT_TRACK", "SCARF_NO_ANALYTICS", "UNSTRUCTURED_DISABLE_NOTICE"):
            os.environ.pop(name, None)
        spoken = []
        watched = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto",
                   "urllib.Request", "subprocess.Popen", "os.exec", "os.system")
        sys.addaudithook(lambda event, _: spoken.append(event) if event in watched else None)
        from pathlib import Path
        from tests.extract.reading import read
        for name, text in (("a.txt", "Port\\n\\nIt is closed at noon."), ("a.md", "# A\\n\\nB is."),
                           ("a.html", "<html><p>It is closed.</p></html>"), ("a.csv", "a,b\\n1,2")):
            found = read(Path(sys.argv[1]), text, name, engine="unstructured")
            assert found.elements and found.elements[0].method == "unstructured", name
        print(spoken, "torch" in sys.modules)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=Path(__file__).parents[3],
    )
    assert done.stdout.strip() == "[] False", done.stderr
    assert "Unstructured" not in done.stderr  # no advertisement either
