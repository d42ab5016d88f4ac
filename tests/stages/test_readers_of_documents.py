"""What sidecars say of single documents reaches every row: first, alone, and never wider."""

from __future__ import annotations

import unicodedata
import zipfile
from email.message import EmailMessage

import pytest
import yaml
from deltalake import write_deltalake

from doclake.errors import DoclakeError
from doclake.lake.scope import Scope
from doclake.operate.forecast import forecast
from doclake.project import Project
from doclake.search.door import ask
from doclake.search.filters import access_filter
from doclake.sources import bucket_digests, open_source
from doclake.stages import documents, elements
from doclake.stages.plans.documents import registered_digests
from doclake.tables.documents import DOCUMENTS

KIM, HR = "user:kim", "group:인사"
_NEW = ("denied", "own_access")
_TABLES = ("elements", "embeddings", "quarantine")


def _ask_sidecars(flow, access=("everyone",), **changes):
    source = {"url": "documents", "access": list(access), "buckets": 4, "access_from": ["sidecar"]}
    flow.configure(sources={"notes": source | changes})


def _say(flow, name, **lists):
    return flow.write(name, yaml.safe_dump(lists, allow_unicode=True))


def _seen(flow, *principals):
    """Paths of the rows of the index that a search may give them."""
    project = flow.project.today()
    lists = {name: its.access for name, its in project.settings.sources.items()}
    _, rows = project.index.require()
    found = rows.to_table(columns=["path"], filter=access_filter(project.asker(principals), lists))
    return set(found["path"].to_pylist())


def _versions(flow):
    return {table: flow.lake.version(table) for table in _TABLES}


def _digests(flow):
    settings = flow.project.source("notes")
    opened = open_source("notes", settings, flow.settings)
    return bucket_digests(opened.list(), "notes", settings.buckets)


EVERY = {"garden.md", "copy.md", "tools.txt", "정원.txt"}


def test_sidecars_decide_who_finds_what_and_nothing_is_parsed_or_embedded(flow):
    _ask_sidecars(flow)
    _say(flow, "garden.md.access.yaml", allow=[KIM])
    _say(
        flow,
        unicodedata.normalize("NFD", "정원.txt.access.yaml"),
        allow=[HR, KIM],
        deny=["user:이"],
    )
    before, digests = _versions(flow), _digests(flow)
    assert digests != registered_digests(flow.lake, "notes", 4)
    assert forecast(flow.project, "notes").access_changed == 2
    report = documents.run(flow.context())
    assert report.counts["access changed"] == 2 and report.documents == 0
    assert _versions(flow) == before
    assert digests == registered_digests(flow.lake, "notes", 4)
    assert _seen(flow) == {"copy.md", "tools.txt"}
    assert _seen(flow, KIM) == EVERY
    assert _seen(flow, HR) == {"copy.md", "tools.txt", "정원.txt"}
    assert _seen(flow, HR, "user:이") == {"copy.md", "tools.txt"}
    asked = ask(flow.project, "토마토는 어디에서 자라나요?", principals=[HR])
    assert "정원.txt" in {hit.path for hit in asked.hits}
    flow.run()
    assert flow.findings() == []
    assert forecast(flow.project, "notes").access_changed == 0


def test_a_denial_wins_over_every_group_and_over_everyone(flow):
    _ask_sidecars(flow)
    _say(flow, ".access.yaml", deny=[HR])
    documents.run(flow.context())
    assert _seen(flow) == EVERY
    assert _seen(flow, HR) == _seen(flow, HR, KIM) == set()
    _say(flow, ".access.yaml", allow=["everyone", HR], deny=["everyone"])
    documents.run(flow.context())
    assert _seen(flow) == _seen(flow, HR) == set()
    assert flow.findings() == []


def test_the_list_of_the_source_caps_them_all_at_once(flow):
    _ask_sidecars(flow, access=[HR])
    _say(flow, "garden.md.access.yaml", allow=["everyone"])
    _say(flow, "tools.txt.access.yaml", allow=[KIM])
    documents.run(flow.context())
    assert _seen(flow) == _seen(flow, KIM) == set()
    assert _seen(flow, HR) == EVERY - {"tools.txt"}
    assert _seen(flow, HR, KIM) == EVERY
    rows = {row["path"]: row["access"] for row in flow.lake.read("documents").to_pylist()}
    assert rows["garden.md"] == rows["copy.md"] == [HR] and rows["tools.txt"] == [KIM]
    assert flow.findings() == []


def test_a_new_document_and_what_is_inside_it_come_with_their_lists(flow):
    _ask_sidecars(flow)
    _say(flow, "mail/.access.yaml", allow=[KIM], deny=[HR])
    with zipfile.ZipFile(flow.documents / "mail" / "packed.zip", "w") as archive:
        archive.writestr("a.txt", "A note inside an archive.\n")
    flow.run()
    chunks = flow.lake.read("chunks").to_pylist()
    (inside,) = [row for row in chunks if row["path"] == "mail/packed.zip!/a.txt"]
    assert (inside["access"], inside["denied"]) == ([KIM], [HR])
    assert "mail/packed.zip!/a.txt" in _seen(flow, KIM)
    assert "mail/packed.zip!/a.txt" not in _seen(flow) | _seen(flow, KIM, HR)
    assert flow.findings() == []


def test_an_attachment_of_a_mail_inherits_the_lists_of_the_mail(flow):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "kim@noeul.example", "lee@noeul.example", "급여"
    mail.set_content("The letter is attached.\n")
    mail.add_attachment("연봉은 사천만 원입니다.\n", filename="급여.txt")
    flow.write("mail.eml", "").write_bytes(bytes(mail))
    _ask_sidecars(flow)
    _say(flow, "mail.eml.access.yaml", allow=[HR], deny=[KIM])
    flow.run()
    within = {"mail.eml", "mail.eml!/급여.txt"}
    assert _seen(flow, HR) == EVERY | within
    assert _seen(flow) == _seen(flow, KIM) == EVERY and _seen(flow, HR, KIM) == EVERY


def test_a_lake_of_an_older_doclake_gets_the_columns_and_keeps_all_else(flow):
    """Its tables lack the columns, and the rows of its index know no denials."""
    for name in ("documents", "chunks"):
        table = flow.lake.open(name)
        kept = [column for column in table.schema().to_arrow().names if column not in _NEW]
        old = flow.lake.read(name).select(kept)
        write_deltalake(table, old, mode="overwrite", schema_mode="overwrite")
    before = _versions(flow)
    assert _seen(flow) == EVERY
    reports = flow.run()
    assert flow.findings() == []
    assert all(report.documents == 0 for report in reports.values())
    assert _versions(flow) == before
    _ask_sidecars(flow)
    _say(flow, ".access.yaml", deny=[KIM])
    documents.run(flow.context())
    assert _versions(flow) == before
    assert _seen(flow, KIM) == set() and _seen(flow) == EVERY
    assert flow.findings() == []


def test_a_moved_or_deleted_sidecar_leaves_its_document_to_its_folder_and_that_to_the_source(flow):
    _ask_sidecars(flow)
    default = _say(flow, ".access.yaml", allow=[HR])
    own = _say(flow, "tools.txt.access.yaml", allow=[KIM])
    documents.run(flow.context())
    assert _seen(flow, KIM) == {"tools.txt"} and _seen(flow, HR) == EVERY - {"tools.txt"}
    own.rename(flow.documents / "copy.md.access.yaml")
    documents.run(flow.context())
    assert _seen(flow, KIM) == {"copy.md"} and _seen(flow, HR) == EVERY - {"copy.md"}
    (flow.documents / "copy.md.access.yaml").unlink()
    default.unlink()
    documents.run(flow.context())
    assert _seen(flow) == EVERY
    assert flow.findings() == []


def test_a_revocation_does_not_wait_for_what_fails_after_it(flow, monkeypatch):
    class Died(BaseException):
        pass

    def dying(*_):
        raise Died

    _ask_sidecars(flow)
    flow.write("late.txt", "Kills its run.\n")
    flow.write("tools.txt", "The spade is in the shed now, and its file changed too.\n")
    _say(flow, "tools.txt.access.yaml", allow=[KIM])
    monkeypatch.setattr(elements, "open_executor", dying)
    with pytest.raises(Died):
        flow.run()
    assert _seen(flow) == EVERY - {"tools.txt"}
    assert "tools.txt" in _seen(flow, KIM)  # as it was before


def test_an_incomplete_listing_revokes_and_opens_nothing_that_it_is_unsure_of(flow, monkeypatch):
    flow.write("closed/note.txt", "A note in a folder.\n")
    _ask_sidecars(flow)
    _say(flow, "closed/.access.yaml", allow=[HR])
    _say(flow, "garden.md.access.yaml", allow=[HR])
    flow.run()
    assert "closed/note.txt" not in _seen(flow)

    folder = type(open_source("notes", flow.project.source("notes"), flow.settings))
    entries = folder._entries

    def torn(self):
        """Its folder `closed` breaks off before the sidecar, and the top lists all."""
        for entry in entries(self):
            if entry.path != "closed/.access.yaml":
                yield entry
        self._failed("closed", "Input/output error", "closed/")

    monkeypatch.setattr(folder, "_entries", torn)
    flow.write("closed/new.txt", "Nobody knew it before.\n")
    flow.write("new.txt", "The top of the source is listed as a whole.\n")
    _say(flow, "tools.txt.access.yaml", allow=[KIM])
    (flow.documents / "garden.md.access.yaml").unlink()
    report = flow.run()["documents"]
    assert [alarm.code for alarm in report.alarms] == ["listing_incomplete"]
    assert _seen(flow) == EVERY - {"tools.txt"} | {"new.txt"}
    assert _seen(flow, HR) == _seen(flow) | {"closed/note.txt"}
    monkeypatch.undo()
    flow.run()
    assert _seen(flow, HR) == _seen(flow) | {"closed/note.txt", "closed/new.txt"}
    assert flow.findings() == []


def test_settings_that_open_and_ask_more_at_once_open_nothing_before_it_is_asked(flow, monkeypatch):
    def unreachable(*_):
        raise DoclakeError("No such host.")

    source = {"url": "documents", "access": [HR], "buckets": 4}
    flow.configure(sources={"notes": source})
    flow.run()
    _say(flow, ".access.yaml", allow=[KIM])
    _ask_sidecars(flow)
    with monkeypatch.context() as patched:
        patched.setattr(Project, "open_source", unreachable)
        with pytest.raises(DoclakeError, match="No such host"):
            documents.run(flow.context())
    assert _seen(flow) == _seen(flow, KIM) == set() and _seen(flow, HR) == EVERY
    documents.run(flow.context())
    assert _seen(flow) == _seen(flow, HR) == set() and _seen(flow, KIM) == EVERY


def test_without_the_setting_a_sidecar_is_a_document_like_any_other(flow):
    _ask_sidecars(flow)
    _say(flow, "tools.txt.access.yaml", allow=[KIM])
    documents.run(flow.context())
    assert _seen(flow) == EVERY - {"tools.txt"}
    _ask_sidecars(flow, access_from=[])
    report = documents.run(flow.context())
    assert report.counts["added"] == 1
    assert _seen(flow) == EVERY


def test_a_row_that_is_wider_than_it_may_be_is_found(flow):
    _ask_sidecars(flow, access=[HR])
    _say(flow, "tools.txt.access.yaml", allow=[KIM])
    documents.run(flow.context())
    assert flow.findings() == []
    rows = [
        row | {"access": ["everyone"]} if row["path"] == "tools.txt" else row
        for row in flow.lake.read("documents").to_pylist()
    ]
    flow.lake.replace("documents", Scope("notes"), DOCUMENTS.arrow(rows))
    assert ("access", "doclake ingest --source notes") in flow.findings()
    documents.run(flow.context())
    assert flow.findings() == []


def test_what_is_unclear_is_an_alarm_that_names_the_file_and_closes_its_documents(flow):
    _ask_sidecars(flow)
    flow.write("garden.md.access.yaml", "allow: [group:hr]\nallow: [everyone]\n")
    flow.write("gone.pdf.access.yaml", "allow: [group:hr]\n")
    report = documents.run(flow.context())
    (alarm,) = report.alarms
    assert alarm.code == "access_unclear"
    assert "garden.md.access.yaml: found allow twice" in alarm.message
    assert "gone.pdf.access.yaml: speaks of no document" in alarm.message
    assert _seen(flow) == _seen(flow, "group:hr") == EVERY - {"garden.md"}
