"""A line that stands at the ends of many documents is furniture; a copy and a clause are none."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from doclake.curate import furniture
from doclake.curate.furniture import EDGE, Lines

FOOTER = "Noeul Cooperative, page {} of the members' bulletin"
KOREAN = "노을협동조합 회보 {}쪽"


def bulletins(number: int, footer: str = FOOTER) -> dict[str, list[str]]:
    """Documents of two chunks; the footer stands below the second one."""
    return {
        f"d{at:02}": [
            f"The landing of {chr(97 + at) * 9} was large.",
            f"The wind at {chr(97 + at) * 9} was fair.\n{footer.format(at)}",
        ]
        for at in range(number)
    }


def table(documents: dict[str, list[str]]) -> pa.Table:
    rows = [(doc_id, text) for doc_id, texts in documents.items() for text in texts]
    return pa.table({"doc_id": [row[0] for row in rows], "text": [row[1] for row in rows]})


def lines(*parts: dict[str, list[str]]) -> list[Lines]:
    found = []
    for documents in parts:
        keys = list(furniture.edges(table(documents)).values())
        starts = np.cumsum([0, *map(len, keys)])
        found.append(Lines(starts, np.concatenate([np.array(of, np.int64) for of in keys])))
    return found


def repeated(*parts: dict[str, list[str]], least: int = 5) -> np.ndarray:
    found = lines(*parts)
    return furniture.repeated(lambda: found, least)


def flags(chunks: dict[str, list[str]], known: np.ndarray) -> list[list[str]]:
    return furniture.signals(table(chunks), known, 0.5)["flags"].to_pylist()


def test_a_line_of_so_many_documents_is_furniture_whatever_its_numbers_are():
    known = repeated(bulletins(5))
    assert len(known) == 1 and len(repeated(bulletins(4))) == 0
    new = {"new": ["The harbour was dredged in May.", f"Fair.\n{FOOTER.format(99)}"]}
    assert flags(new, known) == [[], ["furniture"]]
    assert flags({"new": [FOOTER + "\n" + "The pier was painted, too. " * 9]}, known) == [[]]


def test_korean_lines_are_counted_as_english_ones_are():
    known = repeated(bulletins(5, KOREAN))
    assert flags({"new": [f"맑음.\n{KOREAN.format(3)}"]}, known) == [["furniture"]]
    assert len(repeated(bulletins(5, "— {} —"))) == len(repeated(bulletins(5, "Page {}"))) == 0


def test_how_documents_come_in_parts_and_in_which_order_decides_nothing():
    whole = bulletins(9)
    names = list(whole)
    halves = [{name: whole[name] for name in part} for part in (names[5:], names[:5])]
    assert repeated(whole).tolist() == repeated(*halves).tolist()


def test_copies_of_a_document_are_no_furniture():
    copies = {name: ["The harbour was dredged in May.\nTwo boats lay there."] for name in "abcdefg"}
    assert len(repeated(copies)) == 0
    three = {name: bulletins(1)["d00"] for name in "xyz"}
    assert len(repeated(bulletins(4), three)) == 0


def test_what_stands_inside_documents_or_is_long_is_no_furniture():
    clause = "The Supplier shall deliver the goods on the date stated in the schedule. " * 4
    filler = {at: f"Item {'abcdefghijklmnopqrstuvwxyz'[at] * 12}" for at in range(26)}
    inside = "The seat of the arbitral tribunal is Incheon."
    contracts = {
        name: [
            f"{clause}\nContract of {name * 30}",
            "\n".join(f"{line} {name * 9}" for line in list(filler.values())[:EDGE]),
            inside,
            "\n".join(f"{line} {name * 8}" for line in filler.values()),
        ]
        for name in "abcdefg"
    }
    assert len(repeated(contracts)) == 0


def test_the_digest_of_what_is_furniture_changes_with_it():
    (some,) = lines(bulletins(6))
    known = furniture.repeated(lambda: [some], 5)
    assert (furniture.furniture_of(some, known) == known[0]).all()
    assert (furniture.furniture_of(some, known[:0]) == 0).all()
    assert (furniture.furniture_of(some, known + 1) == 0).all()
