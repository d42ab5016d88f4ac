"""`doclake ask` shows each sentence as it comes, then what it cites."""

from __future__ import annotations

import io
import json
import time

from doclake_dagster.pipelines.cli import console
from tests.servers.scripted import event, page, serving, streamed

POND, WALL = "The pond holds 900 litres [1]. ", "Tomatoes grow along the south wall [1]."
QUESTION = "How many litres does the pond hold?"


def _shows(flow, script, monkeypatch, command, *options: str) -> tuple[io.StringIO, int]:
    shown = io.StringIO()
    monkeypatch.setattr(console, "out", console.SafeConsole(width=100, file=shown))
    with serving(script(shown)) as asked:
        flow.configure(chat={"url": asked.url, "model": "m", "retries": 0})
        return shown, command("ask", QUESTION, *options)


def test_a_sentence_is_shown_while_the_next_is_still_being_said(flow, monkeypatch, command):
    def script(shown):
        def parts():
            yield event(POND + WALL[:1])
            end = time.monotonic() + 10
            while "900 litres" not in shown.getvalue() and time.monotonic() < end:
                time.sleep(0.01)
            yield event(WALL[1:] + f" {'900 litres' in shown.getvalue()}.", "stop")

        return lambda *_: streamed(parts())

    shown, code = _shows(flow, script, monkeypatch, command)
    lines = shown.getvalue().splitlines()
    assert (code, lines[:3]) == (
        0,
        [
            "The pond holds 900 litres.[1]",
            "Tomatoes grow along the south wall.[1]",
            "left out, it cites no passage: True.",
        ],
    )
    assert lines[3] == "" and lines[4].startswith("[1] [notes] ")


def test_what_was_said_before_the_server_died_is_shown_with_the_reason(flow, monkeypatch, command):
    shown, code = _shows(
        flow, lambda _: lambda *_: streamed([event(POND + "T")]), monkeypatch, command
    )
    assert code == 0
    assert shown.getvalue().splitlines()[:2] == [
        "The pond holds 900 litres.[1]",
        "The chat server broke off its answer.",
    ]


def test_in_json_it_is_one_object(flow, monkeypatch, command, capsys):
    _shows(flow, lambda _: lambda *_: page(POND), monkeypatch, command, "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["answer"] == "The pond holds 900 litres.[1]"
