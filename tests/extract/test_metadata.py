"""What documents say of themselves: one name for one thing, from every family of formats."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from PIL import Image

from doclake.extract import metadata
from doclake.extract.extractor import Document, Extractor
from doclake.extract.model import Extraction, MetadataField
from doclake.settings import Limits
from tests import corpus
from tests.extract import wrapped
from tests.extract.formats.mail.test_outlook import message as outlook_message
from tests.extract.reading import read
from tests.extract.scanned import ENGLISH, drawn, require_models

FIXTURES = Path(__file__).parent / "fixtures"


def said(folder: Path, data: bytes | str, name: str, **options: Any) -> dict[str, str]:
    """The metadata of a whole document."""
    found = metadata.fields(read(folder, data, name, **options))
    return {each.name: each.value for each in found if each.page is None}


def office(kind: str) -> bytes:
    """A document of Office, saved by the library for its kind."""
    stream = io.BytesIO()
    if kind == "docx":
        from docx import Document as Docx

        made = Docx()
        made.add_paragraph("The harbour closes at noon.")
        properties = made.core_properties
    elif kind == "pptx":
        from pptx import Presentation

        made = Presentation()
        made.slides.add_slide(made.slide_layouts[0]).shapes.title.text = "Harbour"
        properties = made.core_properties
    else:
        from openpyxl import Workbook

        made = Workbook()
        made.active["A1"] = "Harbour"
        properties = made.properties
    properties.title, properties.subject = "Harbour", "piers"
    setattr(properties, "creator" if kind == "xlsx" else "author", "가람")
    made.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["docx", "pptx", "xlsx"])
@pytest.mark.parametrize("engine", ["native", "unstructured"])
def test_office_documents_say_who_wrote_them_and_when(
    tmp_path: Path, kind: str, engine: str
) -> None:
    found = said(tmp_path, office(kind), f"a.{kind}", engine=engine)
    assert (found["title"], found["author"], found["subject"]) == ("Harbour", "가람", "piers")
    assert found["created"][:2] == "20"


@pytest.mark.parametrize("name", ["text.doc", "book.xls", "text.odt", "book.ods", "deck.odp"])
def test_old_office_and_opendocument_files_say_when_they_were_made(
    tmp_path: Path, name: str
) -> None:
    found = said(tmp_path, (FIXTURES / name).read_bytes(), name)
    assert found.keys() & {"created", "modified", "application"}
    if name == "text.doc":
        assert found["title"] == "항구 안내"


def test_a_pdf_says_its_dates_its_programs_and_its_outline(tmp_path: Path) -> None:
    made = pymupdf.open()
    for number in (1, 2):
        made.new_page().insert_text((50, 50), f"The harbour, part {number}.")
    made.set_toc([[1, "First", 1], [1, "Second", 2]])
    made.set_metadata({"creationDate": "D:20240309120000+09'00'", "creator": "Writer"})
    extraction = read(tmp_path, made.tobytes(), "a.pdf")
    found = metadata.fields(extraction)
    assert MetadataField("created", "2024-03-09T12:00:00+09:00") in found
    assert MetadataField("application", "Writer") in found
    assert [f for f in found if f.page] == [
        MetadataField("bookmark", "First", 1),
        MetadataField("bookmark", "Second", 2),
    ]


def test_a_page_that_ocr_read_says_why(tmp_path: Path) -> None:
    require_models()
    made = pymupdf.open()
    made.new_page().insert_text((50, 50), "The harbour office is open on working days.")
    picture = tmp_path / "scan.png"
    drawn([ENGLISH[1:]], dpi=150).save(picture)
    page = made.new_page()
    page.insert_image(page.rect, filename=picture)
    found = metadata.fields(read(tmp_path, made.tobytes(), "a.pdf"))
    assert [f for f in found if f.name == "ocr"] == [MetadataField("ocr", "no text layer", 2)]
    found = metadata.fields(read(tmp_path, picture.read_bytes(), "scan.png"))
    assert [f for f in found if f.name == "ocr"] == [MetadataField("ocr", "picture", 1)]


def test_a_picture_says_what_its_exif_says(tmp_path: Path) -> None:
    require_models()
    exif = Image.Exif()
    exif[306], exif[315] = "2024:03:09 12:00:00", "가람"
    stream = io.BytesIO()
    drawn([ENGLISH[1:]], dpi=150).convert("L").save(stream, "JPEG", exif=exif)
    found = said(tmp_path, stream.getvalue(), "a.jpg")
    assert found["created"] == "2024-03-09 12:00:00"
    assert found["author"].encode("latin-1", "replace")  # EXIF knows no encoding


def test_a_mail_says_its_fields_and_its_place_in_a_conversation(tmp_path: Path) -> None:
    mail = (
        "From: a@example.org\nTo: b@example.org\nCc: c@example.org\nSubject: Piers\n"
        "Date: Sat, 09 Mar 2024 12:00:00 +0900\nMessage-ID: <2@example.org>\n"
        "In-Reply-To: <1@example.org>\nReferences: <0@example.org> <1@example.org>\n\nClosed."
    )
    assert said(tmp_path, mail, "a.eml") == {
        "from": "a@example.org",
        "to": "b@example.org",
        "cc": "c@example.org",
        "date": "2024-03-09T12:00:00+09:00",
        "subject": "Piers",
        "title": "Piers",
        "message_id": "<2@example.org>",
        "in_reply_to": "<1@example.org>",
        "references": "<0@example.org> <1@example.org>",
    }


def test_outlook_and_tnef_say_the_same(tmp_path: Path) -> None:
    assert said(tmp_path, outlook_message(), "a.msg")["subject"] == "항구 소식"
    words = {0x0037: (wrapped.WORDS, "Piers"), 0x1035: (wrapped.WORDS, "<2@example.org>")}
    found = said(tmp_path, wrapped.tnef(words), "winmail.dat")
    assert (found["subject"], found["message_id"]) == ("Piers", "<2@example.org>")
    assert found["date"] == "2024-03-09T12:00:00Z"


def test_rtf_says_who_saved_it_and_when(tmp_path: Path) -> None:
    head = r"{\info{\title Harbour}{\author A. Writer}{\operator B. Editor}"
    dates = r"{\creatim\yr2024\mo3\dy9\hr12\min30}{\revtim\yr2024\mo13\dy1}}"
    found = said(tmp_path, r"{\rtf1\ansi" + head + dates + r"The harbour closes.\par}", "a.rtf")
    assert found == {
        "title": "Harbour",
        "author": "A. Writer",
        "last_author": "B. Editor",
        "created": "2024-03-09T12:30",
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "항구는 정오에 문을 닫습니다. 배는 아침에 들어옵니다."),
        ("a.csv", "이름,깊이\n가람,9\n마루,12\n"),
        ("a.html", "<html><body><p>항구는 정오에 문을 닫습니다.</p></body></html>"),
        ("a.md", "# 항구\n\n항구는 정오에 문을 닫습니다."),
        ("a.rst", "항구\n====\n\n항구는 정오에 문을 닫습니다."),
        ("a.json", '{"이름": "항구는 정오에 문을 닫습니다."}'),
    ],
)
def test_texts_say_the_encoding_they_were_read_in(tmp_path: Path, name: str, text: str) -> None:
    assert said(tmp_path, text.encode("cp949"), name)["encoding"] == "cp949"
    assert said(tmp_path, text.encode(), name)["encoding"] == "utf-8"


def test_front_matter_and_meta_tags_keep_their_names(tmp_path: Path) -> None:
    text = "---\nTitle: Piers\nTags: boats\nReview-Date: soon\n날짜: 오늘\n---\nThe harbour closes."
    found = said(tmp_path, text, "a.md")
    assert found == {
        "title": "Piers",
        "keywords": "boats",
        "review_date": "soon",
        "encoding": "utf-8",
    }
    page = '<html lang="ko"><head><meta name="author" content="A"></head><body><p>x y</p></body>'
    found = said(tmp_path, page, "a.html")
    assert (found["language"], found["author"]) == ("ko", "A")


def test_a_book_says_all_its_authors(tmp_path: Path) -> None:
    opf = """<package xmlns="http://www.idpf.org/2007/opf"><metadata
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Piers</dc:title><dc:creator>A</dc:creator>
<dc:creator>B</dc:creator></metadata><manifest><item id="c" href="c.xhtml"
 media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine></package>"""
    container = '<container><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", container)
        book.writestr("b.opf", opf)
        book.writestr("c.xhtml", "<html><body><p>The harbour closes.</p></body></html>")
    found = said(tmp_path, stream.getvalue(), "a.epub")
    assert (found["title"], found["author"]) == ("Piers", "A, B")


def test_hangul_documents_say_who_wrote_them(tmp_path: Path) -> None:
    for suffix in ("hwp", "hwpx"):
        file = next(iter(sorted(corpus.path("documents").rglob(f"*.{suffix}"))))
        found = said(tmp_path, file.read_bytes(), file.name)
        assert found["author"] and found["created"][:2] == "20"


def test_what_is_too_long_is_cut_and_what_has_no_name_is_left_out() -> None:
    found = metadata.fields(Extraction(metadata={"Long": "x" * 20_000, "제목": "a", "empty": " "}))
    assert [(each.name, len(each.value)) for each in found] == [("long", 10_000)]


def test_metadata_crosses_the_trust_border_alone_and_in_company(
    document: Callable[..., Document],
) -> None:
    texts = [document("The harbour closes at noon.", f"{n}.txt", size=27) for n in range(3)]
    with Extractor(Limits(), workers=1) as extractor:
        for (found,) in extractor.extract([*texts, document("<p>The harbour.</p>", "a.html")]):
            assert found.metadata == (MetadataField("encoding", "utf-8"),)
