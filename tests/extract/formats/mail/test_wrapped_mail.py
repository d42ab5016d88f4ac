"""Mails in a wrapping: Outlook's `winmail.dat` (TNEF), signed and sealed envelopes (S/MIME)."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from pathlib import Path

import pytest
from compressed_rtf import compress

from doclake.errors import DocumentEncrypted, DocumentError, DocumentMalformed
from tests.extract import wrapped
from tests.extract.reading import read, said
from tests.extract.wrapped import BYTES, OBJECT, WORDS

SUBJECT, BODY, RTF, HTML, SENDER = 0x0037, 0x1000, 0x1009, 0x1013, 0x0C1A
LONG_NAME, DATA = 0x3707, 0x3701
FORMATTED = (
    rb"{\rtf1\ansi\ansicpg949{\fonttbl{\f0\fcharset129 A;}}\f0 \'c7\'d7\'b1\'b8\par Two\par}"
)
REPORT = b"%PDF-1.4 with zeros at its end\0\0\0\0"


def winmail() -> bytes:
    inner = wrapped.tnef({SUBJECT: (WORDS, "안의 편지"), BODY: (WORDS, "The inner letter.")})
    return wrapped.tnef(
        {
            SUBJECT: (WORDS, "항구 소식"),
            SENDER: (WORDS, "A. Writer"),
            RTF: (BYTES, compress(FORMATTED)),
            BODY: (WORDS, "plain"),
        },
        [
            ("REPORT~1.PDF", {LONG_NAME: (WORDS, "보고서 2026.pdf")}, REPORT),
            ("Letter", {DATA: (OBJECT, wrapped.MESSAGE + inner)}, b""),
            ("짧은.txt", {}, b"short"),
        ],
    )


def test_a_winmail_gives_its_fields_its_formatted_body_and_its_attachments(tmp_path: Path) -> None:
    found = read(tmp_path, winmail(), "winmail.dat")
    assert found.title == "항구 소식"
    assert "From: A. Writer" in found.elements[0].text
    assert said(found)[1:] == [("NarrativeText", "항구"), ("NarrativeText", "Two")]
    assert [child.name for child in found.children] == [
        "보고서 2026.pdf",
        "Letter.tnef",
        "짧은.txt",
    ]
    assert found.children[0].data == REPORT
    letter = read(tmp_path, found.children[1].data, "Letter.tnef")
    assert letter.title == "안의 편지"
    assert said(letter)[-1] == ("NarrativeText", "The inner letter.")


def test_html_is_taken_before_rtf_and_broken_rtf_falls_back_to_plain_text(tmp_path: Path) -> None:
    values = {RTF: (BYTES, compress(FORMATTED)), HTML: (BYTES, b"<h1>Head</h1>")}
    assert ("Title", "Head") in said(read(tmp_path, wrapped.tnef(values), "winmail.dat"))
    broken = bytearray(compress(FORMATTED))
    broken[20] ^= 0xFF
    values = {RTF: (BYTES, bytes(broken)), BODY: (WORDS, "plain words")}
    assert ("NarrativeText", "plain words") in said(read(tmp_path, wrapped.tnef(values), "a.dat"))


@pytest.mark.parametrize("engine", ["native", "unstructured"])
def test_a_mail_with_a_winmail_shows_what_is_in_it_once(tmp_path: Path, engine: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@b.c", "hello"
    mail.add_attachment(
        winmail(), maintype="application", subtype="ms-tnef", filename="winmail.dat"
    )
    found = read(tmp_path, mail.as_bytes(), "a.eml", engine=engine)  # type: ignore[arg-type]
    assert said(found)[1:] == [("NarrativeText", "항구"), ("NarrativeText", "Two")]
    assert "보고서 2026.pdf" in [child.name for child in found.children]
    assert "winmail.dat" not in [child.name for child in found.children]

    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@b.c", "hello"
    mail.set_content("항구\n\nTwo\n")
    mail.add_attachment(winmail(), maintype="application", subtype="octet-stream", filename="w.dat")
    found = read(tmp_path, mail.as_bytes(), "a.eml", engine=engine)  # type: ignore[arg-type]
    assert [text for _, text in said(found)[1:]] == ["항구", "Two"]


def test_a_winmail_cut_anywhere_gives_elements_or_a_typed_error(tmp_path: Path) -> None:
    whole = winmail()
    for end in range(4, len(whole), 7):
        try:
            read(tmp_path, whole[:end], "winmail.dat")
        except DocumentError:
            continue


def envelope(data: bytes, kind: str | None, name: str = "smime.p7m") -> bytes:
    smime_type = f"; smime-type={kind}" if kind else ""
    head = f"From: a@b.c\nSubject: hello\nContent-Type: application/pkcs7-mime{smime_type}\n"
    head += f'Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="{name}"'
    return head.encode() + b"\n\n" + base64.encodebytes(data)


def test_the_content_of_a_signed_mail_is_read_as_if_it_stood_there(tmp_path: Path) -> None:
    inner = EmailMessage()
    inner.set_content("The harbour closes at noon.")
    inner.add_attachment(b"inside", maintype="application", subtype="x", filename="a.bin")
    data = wrapped.signed(inner.as_bytes())
    for kind in ("signed-data", None):
        found = read(tmp_path, envelope(data, kind), "a.eml")
        assert said(found)[1:] == [("NarrativeText", "The harbour closes at noon.")]
        assert [(child.name, child.data) for child in found.children] == [("a.bin", b"inside")]


def test_a_sealed_mail_and_a_broken_envelope_are_typed_failures(tmp_path: Path) -> None:
    with pytest.raises(DocumentEncrypted):
        read(tmp_path, envelope(wrapped.sealed(b"secret"), "enveloped-data"), "a.eml")
    with pytest.raises(DocumentEncrypted):
        read(tmp_path, wrapped.sealed(b"secret"), "a.p7m")
    with pytest.raises(DocumentMalformed):
        read(tmp_path, wrapped.signed(b"words")[:60], "a.p7m")
    # A mail that says it is only signed keeps its fields; the envelope fails by itself.
    found = read(tmp_path, envelope(wrapped.signed(b"words")[:60], "signed-data"), "a.eml")
    assert [child.name for child in found.children] == ["smime.p7m"]


def test_a_signed_file_gives_the_file(tmp_path: Path) -> None:
    found = read(tmp_path, wrapped.signed(b"%PDF-1.4 contract"), "contract.pdf.p7m")
    assert [(c.name, c.data) for c in found.children] == [("contract.pdf", b"%PDF-1.4 contract")]
    with pytest.raises(DocumentError):
        read(tmp_path, wrapped.signed(b"words", detached=True), "contract.pdf.p7s")
