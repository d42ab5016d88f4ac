"""Names and messages are shown, never obeyed; what is shown can still be told apart."""

from __future__ import annotations

import json
import unicodedata

import pytest
from rich.console import Console
from rich.markdown import Markdown

from doclake.display import in_json, in_markdown, number_of, shown, shown_lines


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("report.pdf", "report.pdf"),
        ("계약서 2026 – §3 ‘요약’.hwp", "계약서 2026 – §3 ‘요약’.hwp"),
        ("می\u200cخواهم 👩\u200d🔬.txt", "می\u200cخواهم 👩\u200d🔬.txt"),
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\x9b31mb\x7f", r"a\x9b31mb\x7f"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("invoice\u202efdp.exe", r"invoice\u202efdp.exe"),
        ("a\u200b\u2066\u2028\ufeff", r"a\u200b\u2066\u2028\ufeff"),
        ("a\ud800\U000e0041", r"a\ud800\U000e0041"),
    ],
)
def test_a_name_is_one_line_that_a_terminal_only_shows(name: str, expected: str) -> None:
    assert shown(name) == expected


def test_no_control_and_no_surrogate_of_unicode_is_left() -> None:
    everything = shown("".join(map(chr, range(0x110000))))
    left = {unicodedata.category(character) for character in everything}
    assert not left & {"Cc", "Cs", "Zl", "Zp"}


def test_the_lines_of_a_message_are_kept() -> None:
    assert shown_lines("one\n\ttwo\x1b[2J\r") == "one\n\ttwo" + r"\x1b[2J\r"


@pytest.mark.parametrize("text", ["\x9b31m \u202e é 가", "\U000e0041", "\x7f", "plain"])
def test_json_means_the_same_and_holds_nothing_a_terminal_obeys(text: str) -> None:
    line = in_json(json.dumps({"path": text}, ensure_ascii=False))
    assert json.loads(line) == {"path": text}
    assert shown(line) == line


@pytest.mark.parametrize(
    "name",
    [
        "<img src=x onerror=alert(1)>.pdf",
        "[click](javascript:alert(1)).pdf",
        "![x](https://tracker.example/p.png)",
        "https://tracker.example/a",
        "**bold** _it_ `code` ~~no~~ # a | b",
        "$x^2$ &lt;b&gt; \\",
        "=HYPERLINK(1)",
    ],
)
def test_markdown_and_html_in_a_name_read_as_they_are_written(name: str) -> None:
    console = Console(width=200, force_terminal=False, file=None)
    with console.capture() as captured:
        console.print(Markdown(in_markdown(name)))
    assert captured.get().strip() == name
    assert "<" not in in_markdown(name).replace("\\<", "")
    assert "|" not in in_markdown(name).replace("\\|", "")


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 rows wait"), (1, "1 row waits"), (1200, "1,200 rows wait")]
)
def test_words_agree_with_their_number(number, told):
    assert number_of(number, "row waits", "rows wait") == told
    assert number_of(number, "row") == told.rsplit(" ", 1)[0]
