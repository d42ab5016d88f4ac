"""Where one table of a CSV file ends and the next begins."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.extract.reading import read, said

FIRST = "region,amount\nNorth,1\nSouth,2\n"


def tables(folder: Path, text: str) -> list[str]:
    return [words for kind, words in said(read(folder, text, "a.csv")) if kind == "Table"]


@pytest.mark.parametrize(
    "second",
    [
        "item,cost\nrope,3\nsail,4\n",  # figures stand below words
        "region,amount\nEast,3\n",  # the header of the first once more
        "code,meaning,remark\nA,open,none\nB,shut,ill\n",  # another width
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n\n", ",,\n"])
def test_a_table_below_an_empty_row_has_its_own_header(
    tmp_path: Path, second: str, gap: str
) -> None:
    expected = [text.replace(",", "\t").strip() for text in (FIRST, second)]
    assert tables(tmp_path, FIRST + gap + second) == expected


def test_each_table_has_the_lines_above_it(tmp_path: Path) -> None:
    text = f"Sales\n{FIRST}\nCosts\nin euro\n\nitem,cost\nrope,3\nsail,4\n\nSource: the harbour\n"
    assert said(read(tmp_path, text, "a.csv")) == [
        ("Title", "Sales"),
        ("Table", "region\tamount\nNorth\t1\nSouth\t2"),
        ("Title", "Costs"),
        ("NarrativeText", "in euro"),
        ("Table", "item\tcost\nrope\t3\nsail\t4\nSource: the harbour"),
    ]


@pytest.mark.parametrize(
    "rest",
    [
        "East,3\nWest,4\n",
        "East,unknown\nEast,4\n",  # what occurs again is a value
        "Islands\nEast,3\nWest,4\n",  # a group of the same table
        "East,3\n\nWest,4\n\n",
        "Total,\n",
    ],
)
def test_an_empty_row_inside_a_table_does_not_end_it(tmp_path: Path, rest: str) -> None:
    assert len(tables(tmp_path, f"{FIRST}\n{rest}")) == 1


def test_a_file_with_an_empty_row_between_any_two_takes_no_longer(tmp_path: Path) -> None:
    text = "region,amount\n" + "".join(f"r{n},{n}\nq{n},{n}\n\n" for n in range(40_000))
    started = time.monotonic()
    assert len(tables(tmp_path, text)) == 160
    assert time.monotonic() - started < 20
