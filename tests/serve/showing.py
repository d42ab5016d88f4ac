"""A project whose page has something to show: a PDF, texts, documents that mean harm."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pymupdf
import yaml
from pptx import Presentation
from pptx.util import Pt

from tests.flow import Flow

TOKEN = "board-token-of-many-letters"
GOLDEN = {"questions": "questions.yaml"}
SERVE = {"token_file": "tokens.yaml", "judge": ["group:board"]}
HOSTILE = "<img src=x onerror=alert(1)>"
HOSTILE_NAME = "<svg onload=alert(2)>\u202egpj.md"
ANSWER = "The main pump must be oiled every forty days."
QUESTION = "How often must the main pump be oiled?"
KOREAN_QUESTION = "펌프는 얼마나 자주 청소해야 합니까?"
BOX = (72.0, 308.0, 301.0, 323.0)
"""Where `ANSWER` stands on page 2 of pump.pdf, in points."""
SLIDE_QUESTION = "Which gasket leaked in turbine T7?"
SLIDE_ANSWER = "The copper gasket of turbine T7 leaked."


def pump_manual() -> bytes:
    with pymupdf.open() as doc:
        for number in range(1, 4):
            page = doc.new_page(width=595, height=842)
            page.insert_text((72, 90), f"{number}. Pump manual, part {number}", fontsize=18)
            told = (
                f"Part {number} says how the station of the valley is run from day to day, who has "
                "the keys, and where the log book lies."
            )
            page.insert_textbox((72, 110, 523, 300), f"{told} " * 7, fontsize=11)
            if number == 2:
                page.insert_text((72, 320), ANSWER, fontsize=11)
                page.insert_textbox(
                    (72, 350, 523, 700),
                    "Filters are rinsed with rain water and dried in the shade. " * 16,
                    fontsize=11,
                )
                page.draw_rect((72, 720, 523, 760), color=(0.1, 0.3, 0.6), fill=(0.85, 0.9, 1))
        return bytes(doc.tobytes())


def deck() -> bytes:
    """Three wide slides; the second has a title, two items in one box, a table, and a note."""
    shown = Presentation()
    shown.slide_width, shown.slide_height = Pt(960), Pt(540)
    for number, title in enumerate(("Turbines", "What went wrong", HOSTILE), 1):
        slide = shown.slides.add_slide(shown.slide_layouts[5])
        slide.shapes.title.text = title
        _place(slide.shapes.title, 60, 30, 840, 90)
        if number == 2:
            body = slide.shapes.add_textbox(Pt(60), Pt(140), Pt(400), Pt(300))
            body.text_frame.text = SLIDE_ANSWER
            body.text_frame.add_paragraph().text = "오일 필터는 매달 바꾼다."
            table = slide.shapes.add_table(2, 2, Pt(500), Pt(140), Pt(400), Pt(120)).table
            texts = ("Part", "Hours", "Gasket", "400")
            for cell, text in zip(table.iter_cells(), texts, strict=True):
                cell.text = text
            slide.notes_slide.notes_text_frame.text = "Tell them about the spare gasket."
    written = io.BytesIO()
    shown.save(written)
    return written.getvalue()


def _place(shape: Any, *points: int) -> None:
    shape.left, shape.top, shape.width, shape.height = map(Pt, points)


def flow_to_show(folder: Path) -> Flow:
    (folder / "documents").mkdir(parents=True)
    (folder / "closed").mkdir()
    manual, secret = folder / "documents/pump.pdf", folder / "closed/secret.pdf"
    manual.write_bytes(pump_manual())
    secret.write_bytes(pump_manual())
    with zipfile.ZipFile(folder / "documents/papers.zip", "w") as packed:
        packed.writestr("inner.pdf", pump_manual())
    parts = "\n\n".join(
        f"## Part {n}\n\n" + f"The {word} hangs on hook {n} of the shed wall. " * 12
        for n, word in enumerate(("spade", "rake", "hoe", "fork", "scythe", "sieve"))
    )
    (folder / "documents/tools.md").write_text(f"# Tools\n\n{parts}\n", "utf-8")
    (folder / "documents" / HOSTILE_NAME).write_text(
        f"---\ntitle: {HOSTILE}\n---\n\n# {HOSTILE}\n\n"
        f"The gate code of the orchard 🍎 is `{HOSTILE}` and nothing else.\n",
        "utf-8",
    )
    (folder / "documents/펌프 안내.md").write_text(
        "# 펌프 안내\n\n## 청소\n\n펌프는 사십 일마다 깨끗한 물로 청소해야 합니다. "
        "청소한 날짜는 일지에 적습니다.\n"
        "\n## 보관\n\n겨울에는 펌프의 물을 모두 빼고 창고에 보관합니다.\n",
        "utf-8",
    )
    (folder / "documents/lessons.pptx").write_bytes(deck())
    (folder / "questions.yaml").touch()
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    tokens = [{"sha256": digest, "principals": ["group:board"]}]
    (folder / "tokens.yaml").write_text(yaml.safe_dump(tokens))
    sources = {
        "manuals": {"url": "documents", "access": ["everyone"], "buckets": 2} | GOLDEN,
        "closed": {"url": "closed", "access": ["group:board"], "buckets": 1},
    }
    Flow.write_settings(folder, sources=sources, serve=SERVE)
    flow = Flow(folder)
    for source in sources:
        flow.run(source)
    return flow


def size_of(png: bytes) -> tuple[int, int]:
    from PIL import Image

    return Image.open(io.BytesIO(png)).size
