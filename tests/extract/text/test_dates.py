"""Dates in ISO 8601, from the forms that documents write."""

from __future__ import annotations

import pytest

from doclake.extract.text.dates import from_file_time, iso


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("D:20240309120000+09'00'", "2024-03-09T12:00:00+09:00"),
        ("D:20240309120000+09'00", "2024-03-09T12:00:00+09:00"),
        ("D:20260612105123Z00'00'", "2026-06-12T10:51:23Z"),
        ("D:20240309120000", "2024-03-09T12:00:00"),
        ("D:202403", "2024-03"),
        ("20240309", "2024-03-09"),
        ("2024", "2024"),
        ("Sat, 09 Mar 2024 12:00:00 +0900", "2024-03-09T12:00:00+09:00"),
        ("2024-03-09T12:00:00Z", "2024-03-09T12:00:00Z"),
        (" 2024-03-09 ", "2024-03-09"),
    ],
)
def test_forms_that_are_known_become_iso(written: str, expected: str) -> None:
    assert iso(written) == expected


@pytest.mark.parametrize(
    "written", ["2024년 3월 9일", "D:20241399", "yesterday", "", "99999999999"]
)
def test_what_is_in_no_known_form_stays_as_it_was_written(written: str) -> None:
    assert iso(written) == written


def test_a_file_time_is_a_moment_unless_it_is_a_length_of_time() -> None:
    assert from_file_time(133_544_592_000_000_000) == "2024-03-09T12:00:00Z"
    assert from_file_time(36_000_000_000) is None  # an hour of editing
    assert from_file_time((1 << 64) - 1) is None
