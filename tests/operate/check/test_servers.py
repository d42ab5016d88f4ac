"""Servers of models, as `doclake check` finds them."""

from __future__ import annotations

from pathlib import Path

import pytest

from doclake.errors import ServerUnavailable
from doclake.operate.check.embedding import model
from doclake.operate.check.servers import server
from doclake.project import Project
from tests.flow import Flow
from tests.servers.scripted import Script, fine, serving


def project(folder: Path, url: str) -> Project:
    settings = {"url": url, "model": "reader"}
    Flow.write_settings(folder, recipe={"extract": {"vision": settings}})
    return Project.open(folder)


def test_a_server_is_named_that_is_gone_or_lacks_the_model(tmp_path: Path) -> None:
    with serving(lambda *_: fine({"data": [{"id": "reader"}]})) as asked:
        assert server(project(tmp_path, asked.url), "vision").state == "ok"
    with serving(lambda *_: fine({"data": [{"id": "other"}]})) as asked:
        assert server(project(tmp_path, asked.url), "vision").state == "warning"
    with pytest.raises(ServerUnavailable) as gone:
        server(project(tmp_path, asked.url), "vision")
    assert asked.url not in str(gone.value)
    assert server(project(tmp_path, asked.url), "transcription").state == "ok"


def test_the_chat_server_is_asked_too(tmp_path: Path) -> None:
    with serving(lambda *_: fine({"data": [{"id": "m"}]})) as asked:
        Flow.write_settings(tmp_path, chat={"url": asked.url, "model": "m"})
        assert server(Project.open(tmp_path), "chat").state == "ok"
        Flow.write_settings(tmp_path, chat={"url": asked.url, "model": "another"})
        assert server(Project.open(tmp_path), "chat").mend == "Correct chat.model."


def test_the_embedding_server_is_asked_for_a_vector_of_the_lakes_model(tmp_path: Path) -> None:
    def script(length: int) -> Script:
        return lambda *_: fine({"data": [{"id": "e5", "index": 0, "embedding": [1.0] * length}]})

    for length, state in ((384, "ok"), (8, "failed")):
        with serving(script(length)) as asked:
            there = {"url": asked.url, "model": "e5"}
            Flow.write_settings(tmp_path, embedding={"backend": "server", "server": there})
            opened = Project.open(tmp_path)
            assert server(opened, "embedding").state == "ok"
            assert model(opened).state == state
