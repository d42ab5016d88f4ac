"""HWP and HWPX from the corpus: whole, and the preview found in them."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

from benchmarks.accuracy import hangul_files
from doclake.extract.builder import Blocks
from doclake.extract.formats.hwp import flow, numbering, records
from doclake.extract.formats.hwp.text import SectionReader, Shapes
from doclake.extract.lost_parts import LostParts
from doclake.extract.text.list_numbering import Level
from doclake.settings import Limits
from tests.corpus import data as corpus_data
from tests.extract.reading import hidden, read, said


def test_tables_notes_and_ruby_are_read(tmp_path: Path) -> None:
    table = read(tmp_path, corpus_data("documents/hwp/merging-cell.hwp"), "a.hwp").elements[0]
    assert table.type == "Table" and table.text.startswith("0,0\t0,1\t0,2")
    assert ("Footnote", "sssd") in said(
        read(tmp_path, corpus_data("documents/hwp/각주미주.hwp"), "a.hwp")
    )
    assert (
        "가나다라(이것은 덧말이다.)"
        in said(read(tmp_path, corpus_data("documents/hwp/덧말.hwp"), "a.hwp"))[0][1]
    )


def test_hidden_comments_stand_apart(tmp_path: Path) -> None:
    found = read(tmp_path, corpus_data("documents/hwp/숨은설명.hwp"), "a.hwp")
    assert set(hidden(found).values()) == {"hidden comment"}


def test_headers_and_footers_stand_apart_in_hwpx(tmp_path: Path) -> None:
    found = read(tmp_path, corpus_data("documents/hwpx/HeaderFooter.hwpx"), "a.hwpx")
    assert sorted(said(found)) == [("Footer", "꼬리말"), ("Header", "머리말 테스트")]


def test_deleted_text_of_tracked_changes_is_gone(tmp_path: Path) -> None:
    found = read(tmp_path, corpus_data("documents/hwpx/ChangeTrack.hwpx"), "a.hwpx")
    assert said(found) == [("NarrativeText", "변경 인간은")]


def test_a_document_is_read_far_beyond_its_preview_and_alike_in_both_formats(
    tmp_path: Path,
) -> None:
    paragraphs = [
        f"제{n}조 항구는 정오에 문을 닫고, 배 {n}척은 등대 아래에 매어 둔다." for n in range(300)
    ]
    old = read(tmp_path, hangul_files.hwp(paragraphs), "a.hwp")
    new = read(tmp_path, hangul_files.hwpx(paragraphs), "a.hwpx")
    assert said(old) == said(new)
    assert [text for _, text in said(old)] == paragraphs
    assert sum(map(len, paragraphs)) > 5 * len(hangul_files.preview(paragraphs))


def test_old_hangul_is_kept_and_syllables_are_composed(tmp_path: Path) -> None:
    decomposed = "\u1112\u1161\u11ab\u1100\u1173\u11af"
    paragraphs = ["나랏〮말〯\u110a\u119e미〮 듕귁에 달아", decomposed]
    for data, name in (
        (hangul_files.hwp(paragraphs), "a.hwp"),
        (hangul_files.hwpx(paragraphs), "a.hwpx"),
    ):
        assert [t for _, t in said(read(tmp_path, data, name))] == [paragraphs[0], "한글"]


def numbered_hwpx(paragraphs: list[tuple[str, str]]) -> bytes:
    """Paragraphs by the id of their shape: `n0` to `n2` numbered, `o0` and `o1` headings."""
    heads = (("^1.", "DIGIT"), ("^2.", "HANGUL_SYLLABLE"), ("^1-^2-^3", "CIRCLED_DIGIT"))
    levels = "".join(
        f'<hh:paraHead start="{3 if level == 1 else 1}" level="{level}" numFormat="{form}">{text}'
        "</hh:paraHead>"
        for level, (text, form) in enumerate(heads, start=1)
    )
    outline = '<hh:paraHead start="1" level="1" numFormat="ROMAN_CAPITAL">^1.</hh:paraHead>'
    shapes = "".join(
        f'<hh:paraPr id="{kind[0].lower()}{level}"><hh:heading type="{kind}" '
        f'idRef="{listed}" level="{level}"/></hh:paraPr>'
        for kind, listed in (("NUMBER", 2), ("OUTLINE", 0))
        for level in range(3)
    )
    header = f'<hh:head xmlns:hh="h"><hh:numbering id="1">{outline}</hh:numbering>'
    header += f'<hh:numbering id="2">{levels}</hh:numbering>{shapes}</hh:head>'
    section = '<hs:sec xmlns:hs="s" xmlns:hp="p">'
    first = '<hp:secPr outlineShapeIDRef="1"/>'
    for shape, text in paragraphs:
        section += f'<hp:p paraPrIDRef="{shape}"><hp:run>{first}<hp:t>{text}</hp:t></hp:run></hp:p>'
        first = ""
    return hwpx(header, f"{section}</hs:sec>")


def hwpx(header: str, section: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/hwp+zip")
        archive.writestr("Contents/header.xml", header)
        archive.writestr("Contents/section0.xml", section)
    return out.getvalue()


def in_one_run(content: str, look: str = "0") -> str:
    return f'<hp:run charPrIDRef="{look}">{content}</hp:run>'


def body(*paragraphs: str, header: str = '<hh:head xmlns:hh="h"/>') -> bytes:
    inner = "".join(f"<hp:p>{paragraph}</hp:p>" for paragraph in paragraphs)
    return hwpx(header, f'<hs:sec xmlns:hs="s" xmlns:hp="p">{inner}</hs:sec>')


def test_paragraphs_and_headings_show_their_numbers(tmp_path: Path) -> None:
    shapes = ("o0", "n0", "n0", "n1", "n2", "n1", "n0", "n2", "n1", "o0")
    data = numbered_hwpx([(shape, f"text {place}") for place, shape in enumerate(shapes)])
    found = read(tmp_path, data, "a.hwpx")
    assert [text.removesuffix(f" text {place}") for place, (_, text) in enumerate(said(found))] == [
        "I.",
        "3.",
        "4.",
        "가.",
        "4-가-①",
        "나.",
        "5.",
        "5-가-①",
        "나.",
        "II.",
    ]


def test_numbers_are_the_same_in_both_formats(tmp_path: Path) -> None:
    numbers = [
        text
        for _, text in said(read(tmp_path, corpus_data("documents/hwpx/ParaHead.hwpx"), "a.hwpx"))
    ]
    assert numbers[4:9] == ["1. 번호1", "2. 번호2", "3. 번호3", "3.1. 번호3-1", "3.2. 번호3-2"]
    assert numbers[12:16] == [
        "4.1.2. 번호-4-1-2",
        "4.1.2.1. 번호-4-1-2-1",
        "1. 개요1",
        "가. 개요1-1",
    ]
    old = said(read(tmp_path, corpus_data("documents/hwp/extracting_ParaHead.hwp"), "a.hwp"))
    assert old[:2] == [("Title", "i. 1"), ("Title", "ii. 2")]


def test_a_numbering_record_cut_anywhere_gives_the_levels_it_holds() -> None:
    def head(form: int, text: str) -> bytes:
        raw = text.encode("utf-16-le")
        return struct.pack("<IhhIH", form << 5, 0, 50, 0xFFFFFFFF, len(text)) + raw

    data = b"".join(head(8 if level == 2 else 0, f"^{level})") for level in range(1, 8))
    data += struct.pack("<H7I", 0, 5, *[1] * 6) + b"".join(head(1, "") for _ in range(3))
    data += struct.pack("<3I", 1, 1, 2)
    found = numbering.read_record(data)
    assert found[0] == Level("decimal", "%1)", 5)
    assert found[1] == Level("ganada", "%2)", 1)
    assert found[9] == Level("decimalEnclosedCircle", "", 2)
    for end in range(len(data)):
        numbering.read_record(data[:end])


def test_a_cell_keeps_its_column_where_a_row_leaves_one_out() -> None:
    def cell(row: int, column: int, text: str) -> flow.TableCell:
        return flow.TableCell(row, column, 1, 1, [flow.Paragraph([(text, None)])])

    table = flow.TableObject([cell(0, 0, "a"), cell(0, 1, "b"), cell(1, 1, "d")])
    assert [[one.text for one in row] for row in flow.grid(table)] == [["a", "b"], ["", "d"]]


def equation(script: str) -> str:
    return f"<hp:equation><hp:script>{script}</hp:script></hp:equation>"


def test_formulas_stand_in_their_sentence_or_alone(tmp_path: Path) -> None:
    function = equation("f(x)=\n x^2 ")
    sentence = (
        f"<hp:t>함수 </hp:t>{function}<hp:t>가 </hp:t>{equation('x=1')}<hp:t>에서 연속.</hp:t>"
    )
    alone = f"<hp:t> </hp:t>{function}<hp:t/>"
    cell = f"<hp:tc><hp:subList><hp:p>{in_one_run(sentence)}</hp:p></hp:subList></hp:tc>"
    table = f"<hp:tbl><hp:tr>{cell}{cell}</hp:tr></hp:tbl>"
    found = read(tmp_path, body(*map(in_one_run, (sentence, alone, table))), "a.hwpx")
    line = "함수 f(x)= x^2가 x=1에서 연속."
    assert said(found) == [
        ("NarrativeText", line),
        ("Formula", "f(x)= x^2"),
        ("Table", f"{line}\t{line}"),
    ]


def record(tag: int, level: int, data: bytes) -> bytes:
    return struct.pack("<I", tag | level << 10 | len(data) << 20) + data


def test_formulas_of_hwp_stand_in_their_sentence() -> None:
    control = struct.pack("<8H", 11, *[0] * 6, 11)
    words = "함수 ".encode("utf-16-le") + control + "의 값\r".encode("utf-16-le")
    script = "x^2".encode("utf-16-le")
    data = record(records.PARA_HEADER, 0, b"") + record(records.PARA_TEXT, 1, words)
    data += record(records.CTRL_HEADER, 1, b"deqe")
    data += record(records.EQUATION, 2, struct.pack("<IH", 0, 3) + script)
    reader = SectionReader(Shapes([]), LostParts())
    (paragraph,) = reader.section(records.tree(data))
    assert paragraph.text.strip() == "함수 x^2의 값"


def test_powers_and_marks_of_notes_run_into_nothing(tmp_path: Path) -> None:
    header = (
        '<hh:head xmlns:hh="h"><hh:charPr id="0"/><hh:charPr id="1"><hh:supscript/></hh:charPr>'
    )
    header += '<hh:charPr id="2"><hh:subscript/></hh:charPr></hh:head>'
    words = ("10", "6", " 마리, 25m", "2", ", log", "2", "8")
    looks = "0101020"
    runs = (in_one_run(f"<hp:t>{t}</hp:t>", look) for t, look in zip(words, looks, strict=True))
    found = read(tmp_path, body("".join(runs), header=header), "a.hwpx")
    assert said(found) == [("NarrativeText", "10^6 마리, 25m², log2 8")]


def test_powers_of_hwp_are_those_of_hwpx() -> None:
    def shape(attributes: int) -> bytes:
        return record(
            records.CHAR_SHAPE, 0, struct.pack("<42xiI2xIIII", 1000, attributes, *[0] * 4)
        )

    shapes = Shapes(records.read(shape(0) + shape(1 << 15) + shape(1 << 16)))
    words = ("10", "6", " 마리, 25m", "2", ", log", "2", "8")
    looks, place = b"", 0
    for word, look in zip(words, (0, 1, 0, 1, 0, 2, 0), strict=True):
        looks += struct.pack("<II", place, look)
        place += len(word)
    data = record(records.PARA_HEADER, 0, b"")
    data += record(records.PARA_TEXT, 1, "".join(words).encode("utf-16-le"))
    data += record(records.PARA_CHAR_SHAPE, 1, looks)
    blocks = Blocks("hwp5", Limits())
    flow.add(SectionReader(shapes, LostParts()).section(records.tree(data)), blocks)
    assert [element.text for element in blocks.elements] == ["10^6 마리, 25m², log2 8"]


def test_controls_of_forms_show_their_values(tmp_path: Path) -> None:
    box = '<hp:checkBtn caption="동의" value="{}"/><hp:t> </hp:t>'
    entry = '<hp:listItem displayText="서울" value="1"/><hp:listItem displayText="부산" value="2"/>'
    controls = box.format("CHECKED") + box.format("UNCHECKED")
    controls += f'<hp:comboBox selectedValue="2">{entry}</hp:comboBox><hp:t>, </hp:t>'
    controls += '<hp:comboBox selectedValue="기타"/><hp:t>, </hp:t>'
    controls += (
        '<hp:edit><hp:text>입력글</hp:text></hp:edit><hp:btn caption="보내기" value="CHECKED"/>'
    )
    found = read(tmp_path, body(in_one_run(controls)), "a.hwpx")
    assert said(found) == [("NarrativeText", "☒ 동의 ☐ 동의 부산, 기타, 입력글보내기")]
