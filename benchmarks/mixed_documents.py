"""Many small documents of eight formats, half English and half Korean, made by the project.

    python benchmarks/mixed_documents.py FOLDER [--documents 10000]

Every second one is plain text or Markdown; the rest are HTML, mail, CSV, DOCX, XLSX and PDF. The
same number gives the same text, so that two folders of as many documents hold the same words.
"""

from __future__ import annotations

import argparse
import html
import random
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from embedding import ENGLISH, KOREAN

Paragraphs = list[str]


def paragraphs(number: int) -> Paragraphs:
    """Two to six of two to five sentences, in one of the languages."""
    rng = random.Random(number)
    sentences = ENGLISH if number % 2 else KOREAN
    first = f"Document {number:05}." if number % 2 else f"문서 {number:05}."
    made = [" ".join(rng.choices(sentences, k=rng.randint(2, 5))) for _ in range(rng.randint(2, 6))]
    return [first, *made]


def text(texts: Paragraphs, file: Path) -> None:
    file.write_text("\n\n".join(texts))


def markdown(texts: Paragraphs, file: Path) -> None:
    file.write_text(f"# {texts[0]}\n\n" + "\n\n".join(texts[1:]))


def page(texts: Paragraphs, file: Path) -> None:
    body = "".join(f"<p>{html.escape(one)}</p>" for one in texts[1:])
    file.write_text(f"<html><body><h1>{html.escape(texts[0])}</h1>{body}</body></html>")


def mail(texts: Paragraphs, file: Path) -> None:
    message = EmailMessage()
    message["Subject"], message["From"] = texts[0], "a@example.com"
    message["To"], message["Date"] = "b@example.com", "Mon, 02 Mar 2026 09:00:00 +0900"
    message.set_content("\n\n".join(texts[1:]))
    file.write_bytes(bytes(message))


def rows(texts: Paragraphs, file: Path) -> None:
    lines = [f'{number},"{one}"' for number, one in enumerate(texts)]
    file.write_text("\n".join(["number,text", *lines]))


def word(texts: Paragraphs, file: Path) -> None:
    from docx import Document

    document = Document()
    document.add_heading(texts[0])
    for one in texts[1:]:
        document.add_paragraph(one)
    document.save(str(file))


def workbook(texts: Paragraphs, file: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for number, one in enumerate(texts):
        book.active.append([number, one])
    book.save(file)


def pdf(texts: Paragraphs, file: Path) -> None:
    import pymupdf

    with pymupdf.open() as document:
        body = "".join(f"<p>{html.escape(one)}</p>" for one in texts)
        document.new_page().insert_htmlbox((50, 50, 545, 790), body)
        document.subset_fonts()
        document.save(file, garbage=3, deflate=True)


FORMATS: list[tuple[str, Callable[[Paragraphs, Path], None]]] = [
    (".txt", text), (".txt", text), (".md", markdown), (".md", markdown), (".txt", text),
    (".md", markdown), (".html", page), (".eml", mail), (".csv", rows), (".docx", word),
    (".xlsx", workbook), (".pdf", pdf),
]  # fmt: skip


def make(folder: Path, documents: int) -> None:
    for number in range(documents):
        suffix, write = FORMATS[number // 2 % len(FORMATS)]
        home = folder / f"{number // 500:03}"
        home.mkdir(parents=True, exist_ok=True)
        write(paragraphs(number), home / f"{number:05}{suffix}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=10_000)
    asked = parser.parse_args()
    make(asked.folder, asked.documents)


if __name__ == "__main__":
    main()
