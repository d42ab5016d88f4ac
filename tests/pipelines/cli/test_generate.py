"""`doclake generate` in a process of its own, against a server of chat models."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.servers.scripted import page, serving

COUNT = 40


def _script(seconds: float):
    def script(_: int, body: bytes):
        time.sleep(seconds)
        passage = json.loads(body)["messages"][1]["content"]
        number = passage.split("number ")[1].split()[0]
        return page(f"Question: Of what colour is door {number}?\nAnswer: colour {number}")

    return script


@pytest.fixture
def doors(flow):
    for path in list(flow.documents.iterdir()):
        path.unlink()
    for number in range(COUNT):
        flow.write(f"door{number}.txt", f"The door with number {number} has the colour {number}.\n")
    flow.run(allow_deletions=True)
    return flow


def _configure(flow, url: str) -> None:
    chat = {"url": url, "model": "m", "retries": 0, "concurrency": 2, "price": 2.5}
    flow.configure(evaluation={"ask_chat_server": True}, chat=chat)


def test_it_says_what_came_and_what_it_cost(doors, command, capsys):
    with serving(_script(0)) as asked:
        _configure(doors, asked.url)
        assert command("generate", "--texts", "4") == 0
        told = capsys.readouterr().out
        assert told.startswith("notes: 4 new questions about 4 texts, 4 with an answer; ")
        assert "at its price" in told
        assert command("generate", "--texts", "4", "--json") == 0
        assert json.loads(capsys.readouterr().out) == {"source": "notes", "texts": 4, "price": 0}
    pairs = "SELECT question, answer, text FROM generated_pairs"
    assert command("sql", pairs, "--json") == 0
    rows = list(map(json.loads, capsys.readouterr().out.splitlines()))
    assert len(rows) == 4
    for row in rows:
        assert row["answer"] in row["text"] and row["question"].endswith("?")


def test_it_says_what_it_lacks(doors, command, capsys):
    doors.configure()
    assert command("generate") == 2
    assert "evaluation.ask_chat_server" in capsys.readouterr().err
    doors.configure(evaluation={"ask_chat_server": True})
    assert command("generate") == 1
    assert "chat.url" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGINT])
def test_one_that_is_stopped_goes_on_and_pays_for_few_texts_twice(doors, by, repository):
    environment = os.environ | {"DOCLAKE_CONFIG": str(doors.folder), "PYTHONPATH": str(repository)}
    run = [sys.executable, "-m", "doclake_dagster.pipelines.cli", "generate", "--texts", str(COUNT)]
    with serving(_script(0.1)) as asked:
        _configure(doors, asked.url)
        process = subprocess.Popen(run, env=environment, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 120
        while len(asked.bodies) < 25 and time.monotonic() < end:
            time.sleep(0.01)
        process.send_signal(by)
        assert process.wait(60) != 0
        stopped = len(asked.bodies)
        kept = doors.lake.read("generated_questions").num_rows
        assert 16 <= kept <= stopped < COUNT
        subprocess.run(run, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=200)
        assert len(asked.bodies) - stopped == COUNT - kept <= 24
    rows = doors.lake.read("generated_questions").to_pylist()
    assert len({row["text_hash"] for row in rows}) == len(rows) == COUNT
    assert doors.findings() == []
