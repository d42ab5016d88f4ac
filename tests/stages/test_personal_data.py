"""Personal data in a small lake: what is written, and what another policy does again."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from doclake import ids
from doclake.errors import DocumentMalformed, SettingsError
from doclake.extract.extractor import Extractor
from doclake.lake import ledger
from doclake.operate.forecast import forecast
from doclake.personal import policy
from doclake.stages import chunks, documents, elements
from doclake.stages.executors import local
from tests.flow import Flow

MAIL, PHONE = "hong@example.co.kr", "010-2345-6789"
KEY = "DOCLAKE_PERSONAL_DATA_KEY"
TABLES = ("elements", "metadata", "chunks", "ledger")


@pytest.fixture
def people(tmp_path) -> Flow:
    (tmp_path / "documents").mkdir()
    Flow.write_settings(tmp_path)
    flow = Flow(tmp_path)
    flow.write("mail.md", f"# Garden of {MAIL}\n\nWrite to {MAIL}. The pond is deep.\n")
    flow.write("phone.txt", f"정원 담당자에게 연락하세요: {PHONE}\n")
    flow.write("pond.txt", "The pond holds 900 litres.\n")
    return flow


def _run(flow, words=None) -> int:
    """Documents that were extracted."""
    if words is not None:
        flow.configure(recipe={"personal_data": words})
    documents.run(flow.context())
    report = elements.run(flow.context())
    chunks.run(flow.context())
    return report.documents


def _texts(flow, *tables) -> str:
    return "".join(str(flow.lake.read(name, flow.context().scope).to_pylist()) for name in tables)


def _done(flow) -> dict[str, list[str]]:
    rows = ledger.read(flow.lake, flow.context().scope)
    return {row["path"]: row["personal_kinds"] for row in rows}


def test_by_default_personal_data_is_flagged_where_it_stands(people):
    _run(people)
    done = {"mail.md": ["email:flag"], "phone.txt": ["phone:flag"], "pond.txt": []}
    assert _done(people) == done
    for table in ("elements", "chunks"):
        rows = people.lake.read(table, people.context().scope).to_pylist()
        found = {
            (span["kind"], row["text"][span["start"] : span["end"]])
            for row in rows
            for span in row["personal_data"] or ()
        }
        assert found == {("email", MAIL), ("phone", PHONE)}


@pytest.mark.parametrize(
    ("word", "mark"),
    [("mask", r"\[phone\]"), ("hash", r"\[phone:[0-9a-f]{12}\]"), ("drop", "pond")],
)
def test_what_is_replaced_stands_in_no_table(people, monkeypatch, word, mark):
    monkeypatch.setenv(KEY, "a key of the garden")
    _run(people, word)
    written = _texts(people, *TABLES)
    assert MAIL not in written and PHONE not in written
    assert re.search(mark, _texts(people, "chunks"))
    # An id is a digest of the text: that of what is masked would tell it to whoever guesses.
    for row in people.lake.read("elements").to_pylist():
        same = (row["page"], row["type"], row["text"], 0)
        assert row["element_id"] == ids.element_id(row["doc_id"], *same)


def test_another_policy_extracts_the_documents_that_it_concerns_and_no_other(people):
    assert _run(people, "off") == 3
    assert _run(people, "flag") == 3  # until now nobody looked
    people.configure(recipe={"personal_data": {"phone": "mask"}})
    assert forecast(people.project, "notes").recipe_changed == ["phone.txt"]
    assert _run(people) == 1
    assert _done(people)["phone.txt"] == ["phone:mask"] and PHONE not in _texts(people, "chunks")
    assert _run(people, {"phone": "mask", "card": "drop"}) == 0
    assert _run(people, "off") == 2
    assert PHONE in _texts(people, "chunks")


def test_a_hash_is_the_same_for_all_spellings_and_another_by_another_key(people, monkeypatch):
    people.write("again.txt", "전화 ０１０ ２３４５ ６７８９ 또는 01023456789\n")
    monkeypatch.setenv(KEY, "a key of the garden")
    _run(people, "hash")
    marks = set(re.findall(r"\[phone:[0-9a-f]{12}\]", _texts(people, "chunks")))
    assert len(marks) == 1
    assert _run(people) == 0
    monkeypatch.setenv(KEY, "a key of the meadow")
    people.configure(recipe={"personal_data": "hash"})
    assert _run(people) == 3
    assert marks.isdisjoint(re.findall(r"\[phone:[0-9a-f]{12}\]", _texts(people, "chunks")))


@pytest.mark.parametrize("key", [None, "hunter2"])
def test_without_a_key_nothing_is_hashed_and_the_error_names_the_variable(people, monkeypatch, key):
    people.configure(recipe={"personal_data": {"email": "hash"}})
    if key:
        monkeypatch.setenv(KEY, key)
    documents.run(people.context())
    with pytest.raises(SettingsError, match=KEY) as raised:
        elements.run(people.context())
    assert "hunter2" not in str(raised.value)
    assert not people.lake.read("elements", people.context().scope).num_rows


def test_a_failure_says_nothing_of_what_is_masked(people, monkeypatch):
    class Telling(Extractor):
        def extract(self, documents):
            for (root,) in super().extract(documents):
                yield (root.failed(DocumentMalformed(f"It begins with {PHONE}.")),)

    monkeypatch.setattr(local, "Extractor", Telling)
    people.configure(recipe={"personal_data": "mask"})
    documents.run(people.context())
    report = elements.run(people.context())
    assert {failure.message for failure in report.failures} == {"It begins with [phone]."}
    assert PHONE not in _texts(people, "ledger")


def test_a_document_that_cannot_be_judged_fails_and_is_not_written_as_it_is(people, monkeypatch):
    def find(text: str, **options: bool) -> list[object]:
        if PHONE in text:
            raise ValueError(text)
        return []

    monkeypatch.setattr(policy, "find", find)
    _run(people)
    statuses = {r["path"]: r["status"] for r in ledger.read(people.lake, people.context().scope)}
    assert statuses == {"mail.md": "ok", "phone.txt": "failed", "pond.txt": "ok"}
    assert PHONE not in _texts(people, *TABLES)


def test_what_is_inside_a_document_has_a_name_that_may_be_written(people):
    inner = io.BytesIO()
    for file, names in ((inner, ("plan.md",)), (people.documents / "all.zip", (MAIL, PHONE))):
        with zipfile.ZipFile(file, "w") as archive:
            for name in names:
                archive.writestr(f"{name}.txt", f"Of {name}.")
                archive.writestr(f"to/{name}.zip", inner.getvalue() or b"")
    _run(people, "mask")
    rows = ledger.read(people.lake, people.context().scope)
    named = {row["path"]: row for row in rows if row["path"].startswith("all.zip!/")}
    assert {"all.zip!/[email].txt", "all.zip!/to/[phone].zip!/plan.md.txt"} <= named.keys()
    assert named["all.zip!/[phone].txt"]["personal_kinds"] == ["phone:mask"]
    held = {row["doc_id"] for row in people.lake.read("elements").to_pylist()}
    assert held <= {row["doc_id"] for row in rows}
    inside = named["all.zip!/to/[email].zip!/plan.md.txt"]
    assert inside["parent_id"] == named["all.zip!/to/[email].zip"]["doc_id"]
    assert MAIL not in _texts(people, *TABLES) and PHONE not in _texts(people, *TABLES)
    assert _run(people) == 0
