"""Outlook messages, built property by property (MS-OXMSG)."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from compressed_rtf import compress

from doclake.errors import DocumentEncrypted, DocumentError
from tests.extract import compound, wrapped
from tests.extract.reading import read, said

CLASS, SUBJECT, BODY, TO, SENDER, ADDRESS = 0x001A, 0x0037, 0x1000, 0x0E04, 0x0C1A, 0x5D01
NAME, DATA, RTF = 0x3707, 0x3701, 0x1009
WORDS, BYTES = 0x001F, 0x0102


def properties(values: dict[int, str | bytes], head: int) -> compound.Tree:
    """Streams of a storage: each value in one of its own, and the table that lists them."""
    streams: compound.Tree = {}
    table = bytes(head)
    for identity, value in values.items():
        kind = WORDS if isinstance(value, str) else BYTES
        raw = value.encode("utf-16-le") if isinstance(value, str) else value
        streams[f"__substg1.0_{identity:04X}{kind:04X}"] = raw
        size = len(raw) + (2 if kind == WORDS else 0)
        table += struct.pack("<HHIII", kind, identity, 6, size, 0)
    streams["__properties_version1.0"] = table
    return streams


def message(kind: str = "IPM.Note", attachment: bytes = b"") -> bytes:
    values: dict[int, str | bytes] = {
        CLASS: kind,
        SUBJECT: "항구 소식",
        BODY: "The harbour closes at noon.\r\n\r\n정오에 문을 닫는다.\r\n",
        TO: "B. Reader",
        SENDER: "A. Writer",
        ADDRESS: "a@example.org",
    }
    tree = properties(values, 32)
    tree["__nameid_version1.0"] = {"__substg1.0_00020102": b"", "__substg1.0_00030102": b""}
    if attachment:
        inner: dict[int, str | bytes] = {NAME: "in side.bin", DATA: attachment}
        tree["__attach_version1.0_#00000000"] = properties(inner, 8)
    return compound.write(tree)


def test_a_message_gives_its_fields_and_its_body(tmp_path: Path) -> None:
    found = read(tmp_path, message(), "a.msg")
    assert found.title == "항구 소식"
    fields = found.elements[0]
    assert fields.type == "Metadata"
    assert 'From: "A. Writer" <a@example.org>' in fields.text
    assert "To: B. Reader" in fields.text
    assert said(found)[1:] == [
        ("NarrativeText", "The harbour closes at noon."),
        ("NarrativeText", "정오에 문을 닫는다."),
    ]
    assert found.children == []


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["native", "unstructured"])
def test_attachments_become_children(tmp_path: Path, engine: str) -> None:
    found = read(tmp_path, message(attachment=b"inside"), "a.msg", engine=engine)  # type: ignore[arg-type]
    assert [(child.name, child.data) for child in found.children] == [("in side.bin", b"inside")]
    assert "Attachments: in side.bin" in found.elements[0].text
    assert found.elements[-1].text == "정오에 문을 닫는다."
    assert (found.elements[-1].method == "unstructured") is (engine == "unstructured")


def test_sealed_and_broken_messages_are_typed_failures(tmp_path: Path) -> None:
    with pytest.raises(DocumentEncrypted):
        read(tmp_path, message("IPM.Note.SMIME"), "a.msg")
    data = message()
    with pytest.raises(DocumentError):
        read(tmp_path, data[:700], "a.msg")


def test_a_body_kept_only_as_rtf_is_read(tmp_path: Path) -> None:
    values: dict[int, str | bytes] = {CLASS: "IPM.Note", SUBJECT: "hello"}
    values[RTF] = compress(rb"{\rtf1\ansi One\par {\*\htmltag64 <p>}Two\par}")
    tree = properties(values, 32) | {"__nameid_version1.0": {"__substg1.0_00020102": b""}}
    found = read(tmp_path, compound.write(tree), "a.msg")
    assert said(found)[1:] == [("NarrativeText", "One"), ("NarrativeText", "Two")]
    values |= {RTF: compress(rb"{\rtf1\ansi\fromtext One\line Two}"), BODY: "One\r\n\r\nTwo"}
    tree = properties(values, 32) | {"__nameid_version1.0": {"__substg1.0_00020102": b""}}
    assert said(read(tmp_path, compound.write(tree), "a.msg"))[1:] == said(found)[1:]


def test_a_message_attached_to_a_message_becomes_a_mail(tmp_path: Path) -> None:
    letter: dict[int, str | bytes] = {CLASS: "IPM.Note", SUBJECT: "안의 편지", SENDER: "C. Writer"}
    letter |= {ADDRESS: "c@example.org", BODY: "The inner letter."}
    folder = properties(letter, 24)
    folder["__attach_version1.0_#00000000"] = properties({NAME: "a.bin", DATA: b"inside"}, 8)
    attached = properties({0x3001: "The letter"}, 8) | {"__substg1.0_3701000D": folder}
    tree = properties({CLASS: "IPM.Note", SUBJECT: "outer"}, 32)
    tree |= {"__nameid_version1.0": {"__substg1.0_00020102": b""}}
    tree["__attach_version1.0_#00000000"] = attached
    (child,) = read(tmp_path, compound.write(tree), "a.msg").children
    assert child.name == "The letter.eml"
    found = read(tmp_path, child.data, child.name)
    assert found.title == "안의 편지" and "c@example.org" in found.elements[0].text
    assert said(found)[1:] == [("NarrativeText", "The inner letter.")]
    assert [(inner.name, inner.data) for inner in found.children] == [("a.bin", b"inside")]


def test_a_signed_envelope_is_opened_and_a_sealed_one_is_not(tmp_path: Path) -> None:
    mail = b"Content-Type: text/plain\n\nThe harbour closes at noon.\n"
    found = read(tmp_path, message("IPM.Note.SMIME", wrapped.signed(mail)), "a.msg")
    assert [(child.name, child.data) for child in found.children] == [("message.eml", mail)]
    with pytest.raises(DocumentEncrypted):
        read(tmp_path, message("IPM.Note.SMIME", wrapped.sealed(mail)), "a.msg")
