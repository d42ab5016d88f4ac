"""Mails: fields, bodies, attachments under safe names."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from tests.extract.reading import read, said


def test_fields_body_and_attachments(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@b.c", "d@e.f", "안녕"
    mail.set_content("plain body")
    mail.add_alternative("<h1>Head</h1><p>rich body</p>", subtype="html")
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="../../x.pdf")
    found = read(tmp_path, mail.as_bytes(), "a.eml")
    assert found.title == "안녕"
    assert said(found)[0][0] == "Metadata" and "To: d@e.f" in said(found)[0][1]
    assert said(found)[1:] == [("Title", "Head"), ("NarrativeText", "rich body")]
    assert [(child.name, child.data) for child in found.children] == [("x.pdf", b"%PDF-")]


def test_raw_korean_without_a_declaration_is_read(tmp_path: Path) -> None:
    body = "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다."
    mail = f"From: a@b.c\nTo: d@e.f\nSubject: {body}\n\n{body}\n".encode("cp949")
    found = read(tmp_path, mail, "a.eml")
    assert found.title == body
    assert ("NarrativeText", body) in said(found)


def test_a_mailbox_gives_its_messages_as_children(tmp_path: Path) -> None:
    one = "From a@b Sat Jan  3 01:05:34 1996\nFrom: a@b\nSubject: {}\n\ntext\n\n"
    found = read(tmp_path, one.format("first") + one.format("second"), "a")
    assert [child.name for child in found.children] == ["00001 first.eml", "00002 second.eml"]


def test_raw_fields_are_in_the_encoding_of_the_body(tmp_path: Path) -> None:
    mail = "From: 김 <a@b.c>\r\nContent-Type: text/plain; charset=euc-kr\r\n\r\n본문\r\n"
    found = read(tmp_path, mail.encode("cp949"), "a.eml")
    assert ("Metadata", "From: 김 <a@b.c>") in said(found)


def test_a_report_of_failure_says_which_address_failed(tmp_path: Path) -> None:
    mail = """From: d@x.y\nContent-Type: multipart/report; boundary=B\n
--B\n\nCould not deliver.\n--B\nContent-Type: message/delivery-status\n
Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; z@z\nStatus: 5.1.1\n\n--B--\n"""
    text = "\n".join(words for _, words in said(read(tmp_path, mail, "a.eml")))
    assert "Could not deliver." in text
    assert "Final-Recipient: rfc822; z@z\nStatus: 5.1.1" in text


def test_a_charset_that_cannot_be_one_does_no_harm(tmp_path: Path) -> None:
    for charset in ("a\0b", "undefined", "rot13", "x" * 3000):
        mail = f'Subject: 안녕\nContent-Type: text/plain; charset="{charset}"\n\n정오에 닫는다.\n'
        found = read(tmp_path, b"From: a@b.c\n" + mail.encode(), "a.eml")
        assert ("NarrativeText", "정오에 닫는다.") in said(found)


def test_flowed_lines_are_joined_as_their_mailer_parted_them(tmp_path: Path) -> None:
    head = "From: a@example.org\nSubject: s\nContent-Type: text/plain; charset=utf-8; format=flowed"
    body = "We will post \npone the elec \ntion.\n\n> one \n> two\n>> deep\n\n-- \nAna \nExample\n"
    glued = said(read(tmp_path, f"{head}; delsp=yes\n\n{body}", "a.eml"))
    assert [text for _, text in glued][1:] == [
        "We will postpone the election.",
        "> onetwo\n>> deep",
        "AnaExample",
    ]
    spaced = said(read(tmp_path, f"{head}\n\n{body}", "a.eml"))
    assert spaced[1] == ("NarrativeText", "We will post pone the elec tion.")
    assert spaced[-1] == ("Footer", "Ana Example")


def test_what_calls_itself_latin_1_keeps_the_marks_of_windows(tmp_path: Path) -> None:
    mail = b"""From: a@b.c\nSubject: =?iso-8859-1?Q?=93Sale=94_=80_20?=
Content-Type: multipart/mixed; boundary=B\n
--B\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n
It=92s =93fine=94 =96 costs =8020\n
--B\nContent-Type: text/plain
Content-Disposition: attachment; filename*=iso-8859-1''20%80%20%96%20caf%E9.txt\n
attached\n--B--\n"""
    found = read(tmp_path, mail, "a.eml")
    assert found.title == "“Sale” € 20"
    assert ("NarrativeText", "It’s “fine” – costs €20") in said(found)
    assert [child.name for child in found.children] == ["20€ – café.txt"]


def test_a_saved_page_hands_on_neither_its_style_sheets_nor_its_scripts(tmp_path: Path) -> None:
    def part(kind: str, body: str, *fields: str) -> str:
        return "\n".join(("--B", f"Content-Type: {kind}", *fields, "", body, ""))

    page = "".join(
        (
            "From: <Saved by Blink>\nContent-Type: multipart/related; boundary=B\n\n",
            part("text/html", "<p>The harbour", "Content-Location: https://x.y/"),
            part("text/css", ".x{}", "Content-Location: cid:css"),
            part("text/javascript", "f()", "Content-Location: https://x.y/f.js"),
            part("text/css", ".y{}", "Content-Disposition: attachment; filename=sent.css"),
            part("image/png", "PNG", "Content-Location: https://x.y/a.png"),
            "--B--\n",
        )
    )
    found = read(tmp_path, page, "a.mhtml")
    assert ("NarrativeText", "The harbour") in said(found)
    assert [child.name for child in found.children] == ["sent.css", "attachment-2.png"]
