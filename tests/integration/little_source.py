"""A little source of many formats, and what people do to it: edit, move, delete, add, take back.

`FIRST` and `SECOND` are the same folder at two moments, made byte for byte the same every time.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

_MOMENT = (2024, 5, 1, 12, 0, 0)


def _markdown(pond: str = "900") -> bytes:
    return (
        "# Garden\n\nTomatoes grow along the south wall.\n\n"
        f"## Pond\n\nThe pond holds {pond} litres of rain water.\n"
    ).encode()


def _html() -> bytes:
    return (
        b"<html><body><h1>Tools</h1><p>The spade hangs by the door.</p><table><tr><th>Tool</th>"
        b"<th>Place</th></tr><tr><td>Rake</td><td>Shed</td></tr></table></body></html>"
    )


def _docx(paragraph: str = "The hedge is cut in June.") -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("Hedges", 1)
    document.add_paragraph(paragraph)
    return _saved(document.save)


def _xlsx() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["plant", "bed"], ["leek", 3], ["kale", 5]):
        book.active.append(row)
    return _saved(book.save)


def _saved(save: Callable[[io.BytesIO], None]) -> bytes:
    """Office containers carry the time they were written; equal content must be equal bytes."""
    written, fixed = io.BytesIO(), io.BytesIO()
    save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(fixed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = data.split(b"<dcterms:created")[0] + b"</cp:coreProperties>"
            new.writestr(zipfile.ZipInfo(name, _MOMENT), data)
    return fixed.getvalue()


def _pdf() -> bytes:
    import pymupdf

    with pymupdf.open() as document:
        for text in ("Compost is turned every month.", "Leaves go in last."):
            document.new_page().insert_text((72, 100), text, fontsize=12)
        return document.tobytes(no_new_id=True)


def _mail() -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Seeds", "a@example.org", "b@example.org"
    mail["Date"] = "Wed, 01 May 2024 12:00:00 +0000"
    mail.set_content("The seeds came today, the list is attached.\n")
    mail.add_attachment(b"bean, 40\npea, 60\n", "text", "csv", filename="seeds.csv")
    mail.set_boundary("=-little-=")
    return mail.as_bytes()


def _archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("in/one.txt", _MOMENT), "A note inside an archive.\n")
        archive.writestr(zipfile.ZipInfo("in/two.md", _MOMENT), "# Two\n\nAnother note inside.\n")
    return packed.getvalue()


def _first() -> dict[str, bytes]:
    return {
        "garden.md": _markdown(),
        "copy/garden.md": _markdown(),
        "정원.txt": "남쪽 담장을 따라 토마토가 자란다.\n".encode(),
        "tools.html": _html(),
        "hedges.docx": _docx(),
        "beds.xlsx": _xlsx(),
        "compost.pdf": _pdf(),
        "seeds.eml": _mail(),
        "packed.zip": _archive(),
        "prices.csv": b"seed,price\nbean,2.10\npea,1.80\n",
        "weather.json": json.dumps({"rain": [3, 0, 12], "place": "north bed"}).encode(),
        "broken.pdf": b"%PDF-1.7\nthis is no PDF at all\n%%EOF\n",
    }


def _second() -> dict[str, bytes]:
    files = _first()
    files["garden.md"] = _markdown("1,200")  # edited
    files["hedges.docx"] = _docx("The hedge is cut in July, after the nests are empty.")  # edited
    files["tools/list.html"] = files.pop("tools.html")  # moved
    files["broken.pdf"] = _pdf()  # mended
    files["weather.json"] = b'{"rain": '  # broken
    files["rain.txt"] = b"The barrel was full on Monday.\n"  # added
    del files["prices.csv"], files["packed.zip"]  # deleted
    return files


FIRST, SECOND = _first, _second


def lay_out(folder: Path, files: dict[str, bytes]) -> None:
    """Make `folder` hold exactly these files, with times that depend on their content only."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        moment = 1_700_000_000 + sum(data) % 100_000
        os.utime(path, (moment, moment))
