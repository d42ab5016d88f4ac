"""What stands on every page, by its words and by how often it stands there."""

from __future__ import annotations

import pyarrow as pa

from benchmarks.curation import flags_of
from doclake.curate.boilerplate import COUNTS, Boilerplate, digest, line_counts
from doclake.settings.curation import BoilerplateSettings

_FOOTER = "Noeul Cooperative, page {} of the members' bulletin"


def _bulletins(number: int) -> pa.Table:
    rows = [
        {"doc_id": f"d{at}", "text": f"{text}\n{_FOOTER.format(at)}"}
        for at in range(number)
        for text in (f"Landing {chr(97 + at) * 9} was large.", f"Wind {chr(97 + at) * 9} was fair.")
    ]
    return pa.Table.from_pylist(rows)


def test_a_line_counts_once_a_document_whatever_its_numbers_are():
    counts = {row["line"]: row["documents"] for row in line_counts(_bulletins(7)).to_pylist()}
    assert counts[digest(_FOOTER.format(99))] == 7
    assert sorted(counts.values())[:-1] == [1] * 14
    assert digest("— 12 —") == 0


def test_counts_of_disjoint_documents_add_up():
    whole = _bulletins(6)
    half = whole.num_rows // 2
    parts = pa.concat_tables([line_counts(whole.slice(0, half)), line_counts(whole.slice(half))])
    summed = parts.group_by("line").aggregate([("documents", "sum")])
    named = summed.rename_columns(COUNTS.names).select(COUNTS.names)
    assert named.sort_by("line").cast(COUNTS) == line_counts(whole).sort_by("line")


def test_a_line_of_many_documents_is_furniture():
    step = Boilerplate(BoilerplateSettings(documents=5), line_counts(_bulletins(7)))
    texts = [_FOOTER.format(3), "The harbour was dredged in May." * 9]
    chunks = pa.table({"doc_id": ["x", "x"], "text": texts})
    assert step.judge(chunks)["flags"].to_pylist() == [["repeated"], []]
    rare = Boilerplate(BoilerplateSettings(documents=8), line_counts(_bulletins(7)))
    assert rare.judge(chunks)["flags"].to_pylist() == [[], []]


def test_copies_of_a_document_are_no_furniture():
    text = "The harbour was dredged in May.\nThe two boats of the club lay at the pier."
    copies = pa.table({"doc_id": list("abcdefg"), "text": [text] * 7})
    step = Boilerplate(BoilerplateSettings(documents=5), line_counts(copies))
    assert step.judge(copies)["flags"].to_pylist() == [[]] * 7


def test_a_clause_that_stands_in_many_contracts_is_no_furniture():
    clause = "The Supplier shall deliver the goods on the date stated in the schedule. " * 4
    rows = [{"doc_id": name, "text": f"{clause}\nContract of {name * 30}"} for name in "abcdefg"]
    contracts = pa.Table.from_pylist(rows)
    step = Boilerplate(BoilerplateSettings(documents=5), line_counts(contracts))
    assert step.judge(contracts)["flags"].to_pylist() == [[]] * 7


def test_a_footer_under_a_text_does_not_make_it_boilerplate():
    footer = "© 2025 Noeul Cooperative. All rights reserved."
    text = (
        f"The harbour was dredged in May, and the two boats of the club lay at the pier.\n{footer}"
    )
    assert flags_of("boilerplate", {"text": text}) == ()
    assert flags_of("boilerplate", {"text": footer}) == ("copyright",)


def test_a_signature_says_how_to_reach_somebody():
    assert flags_of("boilerplate", {"text": "Best regards,\nAnna Lee\n+44 1752 555019"}) == (
        "signature",
    )
    assert flags_of("boilerplate", {"text": "감사합니다.\n김민지 드림"}) == ()
