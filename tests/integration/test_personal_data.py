"""Personal data is planted in documents of many formats, and looked for wherever anything is
written: in every file of the lake and of Dagster's history, and in every string of its tables."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import lance
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pymupdf
import pytest
import yaml
from docx import Document

from benchmarks.accuracy.hangul_files import hwpx
from doclake.operate import maintenance
from tests.flow import MODEL

PLANTED = re.compile(r"planted\d\d|7781\W?12\d\d", re.IGNORECASE)
"""What all planted values have in common: an address, and the end of a mobile number."""
NOW = {"history": "1h"}


def _mail(number: int) -> str:
    return f"planted{number}@example.com"


def _phone(number: int) -> str:
    return f"010-7781-12{number}"


def _written(flow) -> dict[str, bytes]:
    """Documents of many formats, each with an address and a number of its own."""
    pdf = pymupdf.open()
    page = pdf.new_page()
    page.insert_text((72, 72), f"Write to {_mail(10)} or call {_phone(10)}.")
    page.insert_text((72, 120), "Call 010-7781-")
    page.insert_text((72, 134), "1240 after five.")
    pdf.set_metadata({"title": f"Letter to {_mail(11)}", "author": _mail(12)})
    word = Document()
    word.core_properties.author = _mail(13)
    word.add_heading(f"Tenants: {_mail(14)}", 1)
    word.add_paragraph(f"The number is {_phone(14)}.")
    word.add_table(1, 2).rows[0].cells[1].text = f"Tel. {_phone(15)}"
    book = openpyxl.Workbook()
    book.active.append(["name", "phone", "", ""])
    book.active.append(["Hong", "010", "7781", "1216"])
    book.active.append(["Kim", _phone(17), "", _mail(17)])
    message = EmailMessage()
    message["From"], message["To"] = f"Hong <{_mail(18)}>", _mail(19)
    message["Cc"], message["Subject"] = _mail(20), f"Call {_phone(20)}"
    message.set_content(f"My new number is {_phone(21)}.")
    message.add_attachment(f"Attached: {_phone(22)}".encode(), "text", "plain", filename="a.txt")
    forwarded = EmailMessage()
    forwarded["Subject"] = f"Ask {_mail(31)} or {_phone(31)}"
    forwarded.set_content("As agreed.")
    message.add_attachment(forwarded)
    files = {"word.docx": io.BytesIO(), "book.xlsx": io.BytesIO()}
    word.save(files["word.docx"])
    book.save(files["book.xlsx"])
    linked = f"<p>Ask <a href='mailto:{_mail(23)}'>us</a> or <a href='tel:{_phone(23)}'>ring</a>."
    return {
        "letter.pdf": pdf.tobytes(),
        **{name: file.getvalue() for name, file in files.items()},
        "mail.eml": message.as_bytes(),
        "page.html": f"<title>Of {_mail(24)}</title>{linked}<p>{_phone(24)}</p>".encode(),
        "정원.hwpx": hwpx([f"연락처는 {_phone(25)} 입니다."]),
        "plain.txt": f"０１０－７７８１－１２２６, 010\u200b-7781\u200b-1227, {_mail(28)}".encode(),
        "illegible.txt": f"{chr(0xFFFD) * 9} {_phone(29)} {chr(0xFFFD) * 9}".encode(),
        "failing.pdf": f"%PDF-1.7 {_mail(30)} {_phone(30)}".encode(),
    }


@pytest.fixture
def people(flow):
    for old in flow.documents.iterdir():
        old.unlink()
    for name, content in _written(flow).items():
        (flow.documents / name).write_bytes(content)
    return flow


def _configure(flow, policy: object) -> None:
    source = {"url": "documents", "access": ["everyone"], "buckets": 4}
    config = {"sources": {"notes": source}, "lake": "lake", "embedding": MODEL}
    config |= {"recipe": {"personal_data": policy}, "processing": {"workers": 1}}
    config |= {"deletion": {"max_share": 1.0}, "retention": NOW}
    (flow.folder / "doclake.yaml").write_text(yaml.safe_dump(config))


def _strings(table: pa.Table) -> str:
    return str(table.drop_columns([n for n in table.column_names if n == "vector"]).to_pydict())


def _tables(folder: Path) -> Iterator[tuple[str, str]]:
    """Every string of every Parquet file, Lance dataset (of each version) and SQLite database."""
    for file in folder.rglob("*.parquet"):
        yield str(file), _strings(pq.ParquetFile(file).read())
    for dataset in folder.rglob("*.lance"):
        if dataset.is_dir() and (dataset / "_versions").is_dir():
            for version in lance.dataset(str(dataset)).versions():
                number = version["version"]
                yield (
                    f"{dataset} {number}",
                    _strings(lance.dataset(str(dataset), number).to_table()),
                )
    for file in folder.rglob("*.db"):
        with closing(sqlite3.connect(file)) as database:
            names = [
                n for (n,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
            ]
            for name in names:
                yield f"{file} {name}", str(database.execute(f"SELECT * FROM {name}").fetchall())


def _found(folder: Path) -> set[str]:
    """Files, datasets and tables in which something planted stands."""
    found = {place for place, text in _tables(folder) if PLANTED.search(text)}
    for file in (path for path in folder.rglob("*") if path.is_file()):
        data = file.read_bytes()
        for codec in ("utf-8", "utf-16-le"):
            if PLANTED.search(data.decode(codec, errors="ignore")):
                found.add(str(file))
    return found


@pytest.mark.slow
def test_what_is_masked_stands_in_no_file_of_the_lake_and_of_dagster(
    people, command, capfd, caplog
):
    caplog.set_level("DEBUG")
    _configure(people, "mask")
    command("ingest", "--source", "notes", "--allow-deletions")
    command("failures")
    command("status")
    command("doctor")
    command("search", "number")
    people.project = type(people.project).open(people.folder)
    told = capfd.readouterr()
    assert not PLANTED.search(told.out + told.err + caplog.text)
    statuses = {r["path"]: r["status"] for r in people.lake.read("ledger").to_pylist()}
    assert statuses.pop("failing.pdf") == "failed"
    assert statuses["mail.eml!/a.txt"] == "ok" and statuses["정원.hwpx"] == "ok"
    assert people.lake.read("quarantine").num_rows
    texts = " ".join(people.lake.read("chunks")["text"].to_pylist())
    assert "[phone]" in texts and "[email]" in texts
    assert _found(people.folder / "lake") == set()
    assert _found(people.folder / "home") == set()


@pytest.mark.slow
def test_after_flag_became_mask_only_old_versions_hold_it_until_maintenance(
    people, command, monkeypatch
):
    _configure(people, "flag")
    command("ingest", "--source", "notes", "--allow-deletions")
    assert _found(people.folder / "lake")
    _configure(people, "mask")
    command("ingest", "--source", "notes")
    people.project = type(people.project).open(people.folder)
    for name in ("elements", "metadata", "chunks", "ledger"):
        assert not PLANTED.search(str(people.lake.read(name).to_pylist()))
    _, index = people.project.index.require()
    assert not PLANTED.search(str(index.to_table(columns=["text", "title"]).to_pylist()))
    assert _found(people.folder / "lake")  # versions of before
    assert _found(people.folder / "home") == set()
    monkeypatch.setattr(maintenance, "SHORTEST_HISTORY", maintenance.timedelta(0))
    monkeypatch.setattr("doclake.index.index.KEEP", maintenance.timedelta(0))
    settings = people.settings.retention.model_copy(update={"history": maintenance.timedelta(0)})
    maintenance.run(people.project.with_settings(retention=settings))
    assert _found(people.folder / "lake") == set()
