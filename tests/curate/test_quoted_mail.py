"""What of a thread a mail repeats."""

from __future__ import annotations

import pytest

from benchmarks.curation import flags_of

_SAID = "The pump was replaced in May, and the old one is kept as a spare in the shed."
_MAIL = "message/rfc822"
_HEADERS = "From: Anna Lee\nSent: Monday, 5 January 2026 15:04\nTo: Tom\nSubject: pump"


def _flags(text: str, *before: str, media_type: str = _MAIL, title: str = "RE: pump"):
    return flags_of(
        "quoted_mail", {"text": text, "media_type": media_type, "title": title}, before=before
    )


@pytest.mark.parametrize(
    ("flag", "text"),
    [
        ("quoted_reply", f"OK\nOn Mon, Jan 5, 2026 at 3:04 PM Anna <a@b.example> wrote:\n{_SAID}"),
        (
            "quoted_reply",
            f"네\n2026년 1월 5일 (월) 오후 3:04, 김민지 <a@b.example>님이 작성:\n{_SAID}",
        ),
        ("quoted_reply", f"OK\n-----Original Message-----\n{_SAID}"),
        ("quoted_reply", f"네\n---------- 원본 메일 ----------\n{_SAID}"),
        ("quoted_header", f"OK\n{_HEADERS}\n{_SAID}"),
        (
            "quoted_header",
            f"네\n보낸 사람: 김민지\n보낸 날짜: 2026년 1월 5일\n받는 사람: 나\n{_SAID}",
        ),
        ("quoted_lines", f"OK\n> {_SAID}\n> {_SAID}"),
    ],
)
def test_the_quotation_is_found_by_the_mark_of_the_program(flag, text):
    assert _flags(text) == (flag,)


def test_what_follows_in_a_mail_is_quoted_as_well_and_in_another_document_it_is_not():
    first = f"OK\n{_HEADERS}\n{_SAID}"
    assert _flags(_SAID, first) == ("quoted_before",)
    assert _flags(_SAID, first, _SAID) == ("quoted_before",)
    assert _flags(_SAID, first, media_type="application/pdf") == ()


def test_a_mail_that_was_forwarded_may_be_the_only_copy():
    text = f"FYI\n{_HEADERS}\n{_SAID}"
    assert _flags(text) == ("quoted_header",)
    assert _flags(text, title="Fwd: pump") == _flags(text, title="[전달] 펌프") == ()


def test_the_headers_of_the_mail_itself_quote_nothing():
    assert _flags(f"{_HEADERS}\n{_SAID}") == ()
    assert _flags(f"To: all\nFrom: the board\nDate: 5 May 2026\nSubject: pump\n{_SAID}") == ()


def test_an_answer_that_is_longer_than_what_it_quotes_is_kept():
    assert _flags(f"{_SAID} {_SAID}\n> Which pump?") == ()


@pytest.mark.parametrize(
    "text",
    [
        ">>> from doclake import Project\n>>> print(1)\n1",
        "> 5 mg/l\n> 7 mg/l\n> 9 mg/l",
        "On the eve of the battle he wrote:\nAll is lost.",
    ],
)
def test_prompts_limits_and_letters_are_no_quotations(text):
    assert _flags(text) == ()
