"""Personal data in a small lake: what is written, and what another policy does again."""

from __future__ import annotations

import re

import pytest

from doclake.errors import DocumentMalformed, SettingsError
from doclake.extract.extractor import Extractor
from doclake.lake import ledger
from doclake.stages import documents, elements
from doclake.stages.executors import local
from tests.flow import Flow

MAIL, PHONE = "hong@example.co.kr", "010-2345-6789"


@pytest.fixture
def people(tmp_path) -> Flow:
    (tmp_path / "documents").mkdir()
    Flow.write_settings(tmp_path)
    flow = Flow(tmp_path)
    flow.write("mail.md", f"# Garden of {MAIL}\n\nWrite to {MAIL}. The pond is deep.\n")
    flow.write("phone.txt", f"정원 담당자에게 연락하세요: {PHONE}\n")
    flow.write("pond.txt", "The pond holds 900 litres.\n")
    return flow


def _configure(flow, policy) -> None:
    flow.configure(recipe={"personal_data": policy})


def _texts(flow, table) -> str:
    return str(flow.lake.read(table, flow.context().scope).to_pylist())


def _done(flow) -> dict[str, list[str]]:
    rows = ledger.read(flow.lake, flow.context().scope)
    return {row["path"]: row["personal_data"] for row in rows}


def test_by_default_personal_data_is_flagged_where_it_stands(people):
    people.run()
    assert _done(people) == {
        "mail.md": ["email:flag"], "phone.txt": ["phone:flag"], "pond.txt": [],
    }  # fmt: skip
    for table in ("elements", "chunks"):
        rows = people.lake.read(table, people.context().scope).to_pylist()
        found = {
            (span["kind"], row["text"][span["start"] : span["end"]])
            for row in rows
            for span in row["personal_data"] or ()
        }
        assert found == {("email", MAIL), ("phone", PHONE)}
    assert people.findings() == []


@pytest.mark.parametrize("policy", ["mask", "hash", "drop"])
def test_what_is_replaced_stands_in_no_table_and_not_in_the_index(people, monkeypatch, policy):
    monkeypatch.setenv("DOCLAKE_PERSONAL_DATA_KEY", "a key of the garden")
    _configure(people, policy)
    people.run()
    index = str(people.project.index.require()[1].to_table().to_pylist())
    written = "".join(_texts(people, name) for name in ("elements", "metadata", "chunks", "ledger"))
    assert not re.search("hong@|2345-6789", written + index)
    marks = {"mask": "[phone]", "hash": "[phone:", "drop": ""}
    assert marks[policy] in _texts(people, "chunks") and marks[policy] in index
    assert people.findings() == []


def test_another_word_for_a_kind_extracts_the_documents_that_hold_it_and_no_other(people):
    people.run()
    _configure(people, {"default": "flag", "phone": "mask"})
    report = people.run()["elements"]
    assert (report.documents, report.unchanged) == (1, 2)
    assert _done(people)["phone.txt"] == ["phone:mask"] and PHONE not in _texts(people, "chunks")
    _configure(people, {"default": "flag", "phone": "mask", "card": "drop"})
    assert people.run()["elements"].documents == 0
    _configure(people, "off")
    assert people.run()["elements"].documents == 2
    assert PHONE in _texts(people, "chunks")
    _configure(people, {"default": "off", "email": "mask"})
    assert people.run()["elements"].documents == 2  # in the third nobody found any


def test_a_hash_is_the_same_for_all_spellings_and_another_by_another_key(people, monkeypatch):
    _configure(people, "hash")
    people.write("again.txt", "전화 ０１０ ２３４５ ６７８９ 또는 01023456789\n")
    monkeypatch.setenv("DOCLAKE_PERSONAL_DATA_KEY", "a key of the garden")
    people.run()
    marks = set(re.findall(r"\[phone:[0-9a-f]{12}\]", _texts(people, "chunks")))
    assert len(marks) == 1
    assert people.run()["elements"].documents == 0
    monkeypatch.setenv("DOCLAKE_PERSONAL_DATA_KEY", "a key of the meadow")
    assert people.run()["elements"].documents == 3
    assert marks.isdisjoint(re.findall(r"\[phone:[0-9a-f]{12}\]", _texts(people, "chunks")))


@pytest.mark.parametrize("key", [None, "short"])
def test_without_a_key_nothing_is_hashed_and_the_error_names_the_variable(people, monkeypatch, key):
    _configure(people, "hash")
    monkeypatch.delenv("DOCLAKE_PERSONAL_DATA_KEY", raising=False)
    if key:
        monkeypatch.setenv("DOCLAKE_PERSONAL_DATA_KEY", key)
    documents.run(people.context())
    with pytest.raises(SettingsError, match="DOCLAKE_PERSONAL_DATA_KEY") as raised:
        elements.run(people.context())
    assert "short" not in str(raised.value).replace("too short", "")
    assert not people.lake.read("elements", people.context().scope).num_rows


def test_a_failure_says_nothing_of_what_is_masked(people, monkeypatch):
    class Telling(Extractor):
        def extract(self, documents):
            for (root,) in super().extract(documents):
                yield (root.failed(DocumentMalformed(f"It begins with {PHONE}.")),)

    monkeypatch.setattr(local, "Extractor", Telling)
    _configure(people, "mask")
    documents.run(people.context())
    report = elements.run(people.context())
    assert {failure.message for failure in report.failures} == {"It begins with [phone]."}
    assert PHONE not in _texts(people, "ledger")
