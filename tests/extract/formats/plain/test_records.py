"""Texts made of records: calendars, cards, subtitles, old spreadsheets; and programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from doclake.errors import UnsupportedFormat
from tests.extract.reading import read, said

CALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
BEGIN:VEVENT\r
SUMMARY:Budget meet\r
 ing for the north\r
DTSTART;TZID=Asia/Seoul:20250301T090000\r
DTEND:20250301T100000Z\r
LOCATION:Room 4\\, North\r
ATTENDEE;CN="Bo Kim";PARTSTAT=ACCEPTED:mailto:bo@example.org\r
DESCRIPTION:First line\\nsecond\\; with marks\r
BEGIN:VALARM\r
TRIGGER:-PT15M\r
END:VALARM\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.mark.parametrize("name", ["a.ics", "a.txt", "attachment"])
def test_an_event_is_read_with_its_folded_lines_joined(tmp_path: Path, name: str) -> None:
    assert said(read(tmp_path, CALENDAR, name)) == [
        ("Title", "Budget meeting for the north"),
        (
            "NarrativeText",
            "Start: 2025-03-01 09:00 (Asia/Seoul)\nEnd: 2025-03-01 10:00 UTC\n"
            "Location: Room 4, North\nAttendee: Bo Kim <bo@example.org>\n"
            "First line\nsecond; with marks",
        ),
    ]


def test_cards_of_every_age_are_read(tmp_path: Path) -> None:
    old = "BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=EA=B9=80="
    old += "\n=EC=B2=A0\nTEL;WORK;VOICE:02-123-4567\nEND:VCARD\n"
    new = "BEGIN:VCARD\nVERSION:4.0\nFN:Ann Lee\nORG:Harbour;North\n"
    new += "item1.EMAIL:ann@example.org\nEND:VCARD\n"
    assert said(read(tmp_path, old + new, "people.vcf")) == [
        ("Title", "김철"),
        ("NarrativeText", "Telephone: 02-123-4567"),
        ("Title", "Ann Lee"),
        ("NarrativeText", "Organization: Harbour, North\nE-mail: ann@example.org"),
    ]


def test_subtitles_stand_under_the_time_at_which_they_are_said(tmp_path: Path) -> None:
    srt = "1\n00:00:01,000 --> 00:00:03,500\n<i>Welcome</i> to\nthe harbour.\n\n"
    srt += "2\n00:00:04,000 --> 00:00:06,000\nIt opens at six.\n\n"
    srt += "3\n00:10:00,000 --> 00:10:02,000\n{\\an8}닻을 올린다.\n"
    assert said(read(tmp_path, srt, "talk.srt")) == [
        ("Title", "00:00:01–00:00:06"),
        ("NarrativeText", "Welcome to the harbour. It opens at six."),
        ("Title", "00:10:00–00:10:02"),
        ("NarrativeText", "닻을 올린다."),
    ]
    vtt = "WEBVTT - talk\n\nNOTE a remark\nover two lines\n\nintro\n"
    vtt += "00:01.000 --> 00:02.000 align:start\n<v Ana>Tom &amp; Bo</v>\n\n"
    vtt += "00:02.000 --> 00:03.000\n<v Ana>Tom &amp; Bo</v>\nare here\n"
    assert said(read(tmp_path, vtt, "talk.vtt")) == [
        ("Title", "00:00:01–00:00:03"),
        ("NarrativeText", "Ana: Tom & Bo are here"),
    ]


def test_sheets_in_sylk_and_dif_are_tables(tmp_path: Path) -> None:
    sylk = 'ID;PWXL;N;E\nC;Y1;X1;K"Item"\nC;X3;K"Price"\nF;W1 1 10\n'
    sylk += 'C;Y3;X1;K"Rope;; long"\nC;X3;K12.5\nE\n'
    assert said(read(tmp_path, sylk, "a.slk")) == [("Table", "Item\tPrice\nRope; long\t12.5")]
    dif = 'TABLE\n0,1\n"X"\nVECTORS\n0,2\n""\nTUPLES\n0,2\n""\nDATA\n0,0\n""\n-1,0\nBOT\n'
    dif += '1,0\n"Item"\n1,0\n"Price"\n-1,0\nBOT\n1,0\n"Rope"\n0,12.5\nV\n-1,0\nEOD\n'
    assert said(read(tmp_path, dif, "a.dif")) == [("Table", "Item\tPrice\nRope\t12.5")]


@pytest.mark.parametrize(
    "text",
    [
        "%!PS-Adobe-3.0\n%%Pages: 1\n",
        "  0\nSECTION\n  2\nHEADER\n  9\n$ACADVER\n",
        "ISA*00*          *00*          *ZZ*SENDER\n",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    ],
)
def test_records_for_machines_are_no_prose(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnsupportedFormat):
        read(tmp_path, text, "a.txt")


def test_programs_and_settings_keep_their_white_space(tmp_path: Path) -> None:
    yaml = (
        "server:\n  host: example.org\n  ports:\n    - 80\n\n  tls: on\n\nclient:\n  retries: 3\n"
    )
    first, second = (
        "server:\n  host: example.org\n  ports:\n    - 80\n\n  tls: on",
        "client:\n  retries: 3",
    )
    assert said(read(tmp_path, yaml, "a.yaml")) == [("Code", first), ("Code", second)]
    program = "def area(w, h):\n    if w:\n        return w * h\n    return 0\n"
    assert said(read(tmp_path, program, "a.py")) == [("Code", program.rstrip())]
    inside = f"The function is this:\n\n{program}\nIt takes two numbers.\n"
    assert ("Code", program.rstrip()) in said(read(tmp_path, inside, "a.txt"))


def test_indented_prose_is_prose(tmp_path: Path) -> None:
    prose = "    The harbour opens at six and\ncloses at nine, as it was\nagreed in the spring.\n"
    assert [kind for kind, _ in said(read(tmp_path, prose, "a.txt"))] == ["NarrativeText"]
