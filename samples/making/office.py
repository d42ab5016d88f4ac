"""Word, PowerPoint and Excel, each written by its own library, then made the same every time."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import Any

import docx
import pptx
import xlsxwriter
from docx.shared import Pt
from pptx.util import Inches

WHEN = datetime(2026, 3, 2, 9, 0)
ZIP_TIME = (2026, 3, 2, 9, 0, 0)

CONTRACT = [
    (
        "1. Subject",
        [
            "Noeul Island Cooperative (the Client) entrusts Brannock Marine Engineering Ltd. (the "
            "Contractor) with the maintenance of the tidal turbines T1 and T2 in the Narrows.",
            "The agreement begins on 1 April 2025 and runs for 36 months. It ends on 31 March 2028 "
            "without notice and is extended only in writing.",
        ],
    ),
    (
        "2. Duties of the Contractor",
        [
            "* Two planned inspections of each turbine a year, in February and in August.",
            "* An engineer on the island within 8 hours of a call, by day and by night.",
            "* Oil of grade ISO VG 320 for the main bearing and the gearbox; no other grade.",
            "* A written report within five working days of every inspection.",
        ],
    ),
    ("3. Fees", ["The Client pays the fees below, without value added tax, within 30 days."]),
    (
        "4. Late service",
        [
            "If the Contractor comes later than clause 2 allows, the monthly fee of that turbine "
            "is reduced by 2 per cent for each day begun, up to 20 per cent. If a turbine stands "
            "still for more than 30 days through the Contractor's fault, the Client may end the "
            "agreement with 14 days' notice.",
        ],
    ),
    (
        "5. Confidentiality",
        [
            "Fees and measurements are confidential. The Client may publish the quantity of power "
            "delivered.",
        ],
    ),
]
FEES = [
    ["Service", "Unit", "Fee (KRW)"],
    ["Standing maintenance, T1 and T2", "month", "14,500,000"],
    ["Emergency call outside the inspections", "call", "3,200,000"],
    ["Diver's hour", "hour", "280,000"],
]
GUIDE = [
    (
        "Your first week",
        [
            "Come to the harbour office at 7:40 on Monday. You get a personal beacon, an "
            "inflatable life jacket and a locker in the drying hall. Nobody goes aboard before "
            "the safety walk with Yun Seo-jin on Monday afternoon.",
            "* Monday: safety walk and fitting of the life jacket",
            "* Tuesday and Wednesday: with the shore crew at the kiln",
            "* Thursday: a day at sea on the Haerang, if the weather allows",
            "* Friday: radio course and the first pay conversation",
        ],
    ),
    (
        "Time off",
        [
            "After a year of work every employee has 18 days of paid annual leave. After the third "
            "year one day is added every two years, up to 25 days. What is left at the end of the "
            "year can be taken until the end of March.",
            "Days on which a storm warning keeps the boats in harbour are paid and are not taken "
            "from your leave.",
        ],
    ),
    (
        "Pay and allowances",
        [
            "Pay arrives on the 25th of each month. Work at night and on holidays is paid with a "
            "supplement of 50 per cent. In the harvest season these allowances are paid per shift:"
        ],
    ),
    (
        "If something happens",
        [
            "Call the watch room, extension 7310, at any hour and for any injury, however small. "
            "Write the accident report within 24 hours; the form hangs beside the radio.",
        ],
    ),
]
ALLOWANCES = [
    ["Allowance", "For", "KRW per shift"],
    ["Dawn trip", "boat crews", "35,000"],
    ["Heat", "kiln crew", "22,000"],
    ["Diving", "divers", "68,000"],
    ["Watch", "watch room", "30,000"],
]
MINUTES = [
    ("일시와 장소", ["2026년 2월 12일 오후 2시, 노을항 회의실"]),
    (
        "참석자",
        ["* 이사장 한지우", "* 이사 윤서진, 문태오 등 9명", "* 감사 오미란(표결권 없음)"],
    ),
    (
        "안건 1. 제2건조장 건립",
        [
            "2025년 수확기에 건조대가 모자라 배가 기다린 날이 23일이었다. 이사회는 3억 2천만 원을 "
            "들여 제2건조장을 짓기로 의결하였다. 찬성 7표, 반대 2표.",
            "반대한 이사 두 명은 폭풍 피해 적립금을 쓰지 않을 것을 조건으로 들었으며, 이사회는 "
            "이를 회의록에 남기기로 하였다. 착공은 2026년 7월 1일, 완공은 2026년 12월 말로 한다.",
        ],
    ),
    (
        "안건 2. 성게 퇴치",
        ["북쪽 암초의 성게를 3월 16일부터 퇴치한다. 잠수사 6명을 3주 동안 고용한다."],
    ),
]
COSTS = [
    ["항목", "금액(만 원)", "비고"],
    ["건물", "18,500", "조립식"],
    ["건조 설비", "9,800", "열펌프 2대"],
    ["전기 공사", "2,400", "T1에서 직접 연결"],
    ["예비비", "1,300", ""],
    ["합계", "32,000", ""],
]
SLIDES = [
    (
        "Turbine T2: lessons of the first winter",
        ["Noeul Island Cooperative", "Engine crew, Bae Do-hyun"],
        "Welcome. This talk is for new members of the engine crew.",
    ),
    (
        "What happened",
        [
            "9 January 2025: alarm, main bearing at 91 °C",
            "Turbine stopped for nineteen days",
            "About 90 MWh not delivered",
        ],
        "The alarm threshold was 85 °C. The night watch stopped the turbine within four minutes; "
        "waiting for the morning would have cost us the bearing.",
    ),
    (
        "Why it happened",
        [
            "Oil of grade ISO VG 220 instead of 320",
            "Sensor cable chafed by the hatch",
            "No second pair of eyes on the delivery note",
        ],
        "Say this plainly: nobody was careless. The two drums looked alike and stood side by side. "
        "Since then the drums of the heavier oil are painted yellow.",
    ),
    (
        "What we changed",
        ["Yellow drums for ISO VG 320", "Oil checked by two people", "Alarm now at 75 °C"],
        "The new alarm has not gone off once since February 2025.",
    ),
]
BUDGET = [
    ("Personnel", 2310, 2420),
    ("Boats and gear", 1145, 1190),
    ("Kiln", 602, 640),
    ("Turbines", 488, 455),
    ("Second kiln (building)", 0, 320),
    ("Urchin cull", 0, 36),
]
VESSELS = [
    ("Gannet", "갈매기", datetime(2013, 5, 4), 14.2, 4, 0.78),
    ("Plover", "물떼새", datetime(2017, 9, 21), 11.6, 3, 0.55),
    ("Haerang", "해랑", datetime(2022, 3, 30), 16.8, 5, 0.91),
]


def steady(packed: bytes) -> bytes:
    """The same archive with one time stamp everywhere, so that equal input is equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-03-02T09:00:00Z", data)
            new.writestr(zipfile.ZipInfo(name, ZIP_TIME), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _document(title: str, sections: Any, table_after: str, rows: list[list[str]]) -> bytes:
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(11)
    document.core_properties.title = title
    document.core_properties.author = "Noeul Island Cooperative"
    document.add_heading(title, 0)
    for heading, paragraphs in sections:
        document.add_heading(heading, 1)
        for text in paragraphs:
            if text.startswith("* "):
                document.add_paragraph(text[2:], style="List Bullet")
            else:
                document.add_paragraph(text)
        if heading == table_after:
            table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
            for row, cells in zip(table.rows, rows, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
    out = io.BytesIO()
    document.save(out)
    return steady(out.getvalue())


def contract() -> bytes:
    return _document("Turbine Maintenance Agreement", CONTRACT, "3. Fees", FEES)


def employee_guide() -> bytes:
    return _document("Working on Noeul Island", GUIDE, "Pay and allowances", ALLOWANCES)


def minutes() -> bytes:
    return _document("제158차 이사회 회의록", MINUTES, "안건 1. 제2건조장 건립", COSTS)


def slides() -> bytes:
    deck = pptx.Presentation()
    deck.core_properties.title = SLIDES[0][0]
    deck.core_properties.author = "Bae Do-hyun"
    for number, (title, lines, notes) in enumerate(SLIDES):
        slide = deck.slides.add_slide(deck.slide_layouts[1 if number else 0])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(lines)
        slide.notes_slide.notes_text_frame.text = notes
    last = deck.slides.add_slide(deck.slide_layouts[5])
    last.shapes.title.text = "Temperature of the main bearing"
    rows = [["Month", "Highest (°C)"], ["January", "91"], ["February", "62"], ["March", "60"]]
    box = (Inches(2), Inches(2), Inches(6), Inches(2))
    table = last.shapes.add_table(len(rows), 2, *box).table
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            table.cell(y, x).text = text
    out = io.BytesIO()
    deck.save(out)
    return steady(out.getvalue())


def budget() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": "Budget 2026", "author": "Oh Mi-ran", "created": WHEN})
    bold = book.add_format({"bold": True, "bottom": 1})
    money, share = book.add_format({"num_format": "#,##0"}), book.add_format({"num_format": "0.0%"})
    sheet = book.add_worksheet("Budget")
    sheet.set_column(0, 0, 28)
    sheet.write(0, 0, "Budget 2026 (million KRW)", book.add_format({"bold": True, "size": 14}))
    sheet.write_row(2, 0, ["Item", "2025 actual", "2026 plan", "Change"], bold)
    last = 3 + len(BUDGET)
    for row, (item, actual, plan) in enumerate(BUDGET, 3):
        sheet.write(row, 0, item)
        sheet.write_row(row, 1, [actual, plan], money)
        value = (plan - actual) / actual if actual else ""
        formula = f'=IF(B{row + 1}=0,"",(C{row + 1}-B{row + 1})/B{row + 1})'
        sheet.write_formula(row, 3, formula, share, value)
    totals = [sum(line[column] for line in BUDGET) for column in (1, 2)]
    sheet.write(last, 0, "Total", bold)
    for column, total in zip("BC", totals, strict=True):
        sheet.write_formula(f"{column}{last + 1}", f"=SUM({column}4:{column}{last})", money, total)
    change = (totals[1] - totals[0]) / totals[0]
    sheet.write_formula(last, 3, f"=(C{last + 1}-B{last + 1})/B{last + 1}", share, change)
    _vessels(book, bold, share)
    book.close()
    return steady(out.getvalue())


def _vessels(book: Any, bold: Any, share: Any) -> None:
    sheet = book.add_worksheet("Vessels")
    sheet.set_column(0, 5, 14)
    header = ["Vessel", "이름", "In service since", "Length (m)", "Crew", "Days at sea"]
    sheet.write_row(0, 0, header, bold)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row, (name, korean, since, length, crew, days) in enumerate(VESSELS, 1):
        sheet.write_row(row, 0, [name, korean])
        sheet.write_datetime(row, 2, since, day)
        sheet.write_row(row, 3, [length, crew])
        sheet.write_number(row, 5, days, share)
    sheet.merge_range(5, 0, 5, 5, "Days at sea: share of the days of 2025 on which the boat left")
