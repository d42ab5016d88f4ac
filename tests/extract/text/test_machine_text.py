"""Base64, keys and dumps are told from words."""

from __future__ import annotations

import base64
import random
import textwrap
import time

import pytest

from doclake.extract.text.machine_text import split

DATA = base64.b64encode(random.Random(3).randbytes(2_000)).decode()


@pytest.mark.parametrize("width", [60, 64, 76, len(DATA)])
def test_base64_is_kept_apart_from_the_words_around_it(width: int) -> None:
    for size in range(150, 160):  # every length of the last line
        data = "\n".join(
            textwrap.wrap(base64.b64encode(b"\xfe" * 9 + DATA[:size].encode()).decode(), width)
        )
        words, machine = split(f"The picture follows.\n{data}\nworld again")
        assert words.split() == ["The", "picture", "follows.", "world", "again"], size
        assert machine.replace("\n", "") == data.replace("\n", "")


def test_keys_dumps_and_addresses_that_hold_a_picture_are_machine_text() -> None:
    for text in (
        "data:image/gif;base64,R0lGODlhAQABAAAAACw=",
        random.Random(4).randbytes(100).hex(),
        "begin 644 report.doc\n#0V%T\n`\nend",
        DATA[:120].replace("/", "_").replace("+", "-"),
    ):
        assert split(f"before {text}" if not text.startswith("begin") else text)[1] == text


@pytest.mark.parametrize(
    "text",
    [
        "/usr/share/documents/reports/" * 6,
        "https://example.org/search?q=harbour&session=0123456789abcdef&page=2" * 3,
        "ACGTTGCA" * 40,
        "-" * 300 + "=" * 300,
        "Donaudampfschifffahrtsgesellschaft" * 4,
        "대한민국" * 100,
        "12345678901234567890" * 20,
        "org/example/project/Module1/SubModule2/ClassName3/" * 5,
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_words_names_and_numbers_are_not(text: str) -> None:
    assert split(text) == (text, "")


def test_no_text_makes_it_slow() -> None:
    for piece in ("data:" + "a" * 50, "data:;", "A" * 50 + " ", "begin 644 x\n", "A" * 44 + "\n"):
        started = time.process_time()
        split(piece * (1_000_000 // len(piece)))
        assert time.process_time() - started < 5, piece
