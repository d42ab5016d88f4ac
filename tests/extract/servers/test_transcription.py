"""Recordings, heard by a server that answers as the test says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doclake.lake import ledger
from doclake.stages import documents, elements
from tests.flow import Flow
from tests.servers.scripted import fine, serving

SOUND = b"RIFF\x24\0\0\0WAVEfmt " + bytes(2000)


def flow_of(folder: Path, **transcription: Any) -> Flow:
    (folder / "documents").mkdir()
    (folder / "documents" / "meeting.wav").write_bytes(SOUND)
    settings = {"model": "whisper-1", "retries": 0} | transcription
    Flow.write_settings(folder, recipe={"extract": {"transcription": settings}})
    flow = Flow(folder)
    documents.run(flow.context())
    elements.run(flow.context())
    return flow


def test_segments_stand_under_their_time(tmp_path: Path) -> None:
    segments = [
        {"start": 0.0, "end": 4.5, "text": " NOTE that the pond <holds> nine litres."},
        {"start": 4.5, "end": 9.0, "text": " 정원은 남쪽에 있다."},
        {"start": 75.2, "end": 80.0, "text": " The spade hangs by the door."},
        {
            "start": 81.0,
            "end": 84.0,
            "text": " Thanks for watching!",
            "no_speech_prob": 0.9,
            "avg_logprob": -1.4,
        },
    ]
    said = {"language": "english", "duration": 84.0, "segments": segments}
    with serving(lambda *_: fine(said)) as asked:
        flow = flow_of(tmp_path, url=asked.url)
    rows = flow.lake.read("elements", flow.context().scope).sort_by("ordinal").to_pylist()
    assert [(row["section"], row["text"]) for row in rows] == [
        ([], "00:00:00–00:00:09"),
        (
            ["00:00:00–00:00:09"],
            "NOTE that the pond <holds> nine litres. 정원은 남쪽에 있다.",
        ),
        ([], "00:01:15–00:01:20"),
        (["00:01:15–00:01:20"], "The spade hangs by the door."),
    ]
    assert {row["method"] for row in rows} == {"transcription"}
    assert SOUND in asked.bodies[0] and b"verbose_json" in asked.bodies[0]
    (row,) = ledger.read(flow.lake, flow.context().scope)
    assert (row["status"], row["media_type"]) == (ledger.OK, "audio/wav")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((503, {}, b""), "server_unavailable"),
        ((200, {}, b'{"text": "no times"}'), "server_refused"),
        ((200, {}, b'{"segments": [{"sta'), "server_unavailable"),
        ((200, {"Content-Length": "99"}, b"{}"), "server_unavailable"),
        ((200, {}, b'{"segments": [{"start": 5, "end": 1, "text": "a"}]}'), "server_refused"),
        ((200, {}, b'{"segments": []}'), "empty"),
    ],
)
def test_what_the_server_does_wrong_is_a_typed_failure(
    tmp_path: Path, answer: tuple[int, dict[str, str], bytes], error: str
) -> None:
    with serving(lambda *_: answer) as asked:
        flow = flow_of(tmp_path, url=asked.url, timeout="2s")
    (row,) = ledger.read(flow.lake, flow.context().scope)
    assert (row["status"], row["error"]) == (ledger.FAILED, error)


def test_without_a_server_the_failure_names_the_setting_and_a_server_mends_it(
    tmp_path: Path,
) -> None:
    flow = flow_of(tmp_path)
    (row,) = ledger.read(flow.lake, flow.context().scope)
    assert (row["error"], row["media_type"]) == ("unsupported_format", "audio/wav")
    assert "recipe.extract.transcription" in row["mend"]
    said = {"segments": [{"start": 0, "end": 2, "text": "The pond holds nine litres."}]}
    with serving(lambda *_: fine(said)) as asked:
        settings = {"url": asked.url, "model": "whisper-1"}
        flow.configure(recipe={"extract": {"transcription": settings}})
        elements.run(flow.context())
    (row,) = ledger.read(flow.lake, flow.context().scope)
    assert row["status"] == ledger.OK
