"""A document that was read without an error and gave less than it holds is found in the ledger."""

from __future__ import annotations

import zipfile

import pytest
from PIL import Image

from doclake.health import balance, counts, doctor, shortfalls
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.settings.operations import Thin


def _found(flow, thin=None):
    found = shortfalls.find(flow.lake, thin or Thin(), "notes")
    return {one.path: (one.kind, one.rule) for one in found}


def _row(flow, path):
    (row,) = [row for row in ledger.read(flow.lake, Scope("notes")) if row["path"] == path]
    return row


def test_a_document_whose_text_is_in_no_chunk_is_found_with_the_rule_that_did_it(short):
    short.run()
    assert _found(short) == {
        "hidden.html": ("no_chunk", "hidden"),
        "dump.txt": ("no_chunk", "machine_text"),
    }
    found = shortfalls.find(short.lake, Thin())
    hidden = next(one for one in found if one.path == "hidden.html")
    assert "28 letters" in hidden.message
    assert "recipe.extract.hidden_text" in hidden.mend


def test_the_ledger_says_how_much_text_came_where_and_why_the_rest_did_not(short):
    short.write("both.html", "<p>Seen by all.</p><p style='display:none'>Seen by nobody.</p>")
    short.run()
    row = _row(short, "both.html")
    assert (row["letters"], row["element_letters"], row["chunk_letters"]) == (21, 21, 9)
    assert row["left_out"] == [{"reason": "hidden", "letters": 12}]
    assert _row(short, "broken.pdf")["letters"] is None


@pytest.mark.slow
def test_a_document_of_which_little_was_read_is_thin(short, skipping):
    skipping(short.run)
    assert _found(short)["log.md"] == ("thin", "reader")
    (thin,) = [one for one in shortfalls.find(short.lake, Thin()) if one.kind == "thin"]
    row = _row(short, "log.md")
    assert f"{row['element_letters']:,} of the {row['letters']:,} letters" in thin.message
    assert "log.md" not in _found(short, Thin(below_share=0))
    assert "log.md" not in _found(short, Thin(min_letters=row["letters"] + 1))
    short.write("log.md", "# Log\n\nThe log was cut short.\n")
    short.run()
    assert "log.md" not in _found(short)


def test_a_container_of_documents_and_a_picture_without_text_are_whole(short):
    with zipfile.ZipFile(short.documents / "packed.zip", "w") as archive:
        archive.writestr("a.txt", "A note inside an archive.\n")
    head = "From: a@noeul.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
    attached = "--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\n"
    short.write("emoji.txt", "🙂 🎉\n")  # ornaments are no text
    short.write("no body.eml", f"{head}{attached}A note.\n--x--\n")
    Image.new("RGB", (60, 60), "navy").save(short.documents / "photo.png")
    short.run()
    assert not {"packed.zip", "no body.eml", "photo.png", "emoji.txt"} & _found(short).keys()
    assert _row(short, "photo.png")["element_letters"] in (None, 0)


def test_balance_and_doctor_tell_them_and_the_lake_is_sound(short):
    short.run()
    found = counts.total(balance.status(short.project))
    assert (found.balanced, found.no_chunk, found.thin) == (True, 2, 0)
    (finding,) = doctor.examine(short.project)
    assert (finding.check, finding.invariant) == ("no_chunk", False)
    assert finding.message.startswith("notes: 2 documents held text and gave no chunk: ")
    assert finding.mend == "doclake failures --source notes"


def test_a_document_that_is_due_again_or_of_an_older_ledger_is_not_judged(short):
    short.run()
    rows = ledger.read(short.lake, Scope("notes"))
    ledger.undone(short.lake, "notes", rows, ledger.CHUNK_FIELDS)
    assert _found(short) == {}
