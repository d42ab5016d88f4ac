"""Pages that Tesseract reads badly, shown to a server that answers as the test says."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from doclake.extract.servers import vision
from doclake.lake import ledger
from doclake.stages import documents, elements
from tests.extract.scanned import ENGLISH, KOREAN, drawn, require_models
from tests.flow import Flow
from tests.servers.scripted import Asked, Script, page, serving

MADE_UP = (
    "Quarterly revenue climbed because international customers purchased additional telescopes, "
    "according to astronomers whose laboratory overlooks the glacier."
)


def flow_of(folder: Path, asked: Asked, texts: list[str], **vision: Any) -> Flow:
    require_models()
    (folder / "documents").mkdir()
    drawn([texts], dpi=110).filter(ImageFilter.GaussianBlur(0.7)).save(
        folder / "documents" / "scan.png"
    )
    settings = {"url": asked.url, "model": "reader", "confidence": 1, "retries": 0} | vision
    Flow.write_settings(folder, recipe={"extract": {"vision": settings}})
    return Flow(folder)


def extracted(flow: Flow, **options: Any) -> list[dict[str, Any]]:
    documents.run(flow.context(**options))
    elements.run(flow.context(**options))
    return flow.lake.read("elements", flow.context().scope).sort_by("ordinal").to_pylist()


def said_of_pages(flow: Flow) -> dict[str, str]:
    rows = flow.lake.read("metadata", flow.context().scope, ["name", "value"]).to_pylist()
    return {row["name"]: row["value"] for row in rows if row["name"].startswith("vision")}


@pytest.mark.parametrize("texts", [ENGLISH, KOREAN])
def test_a_page_gets_what_the_server_reads_and_the_reason_is_kept(
    tmp_path: Path, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCLAKE_VISION_KEY", "k3y-Of-The-Server-5")
    with serving(lambda *_: page("# Report\n\n" + "\n\n".join(texts))) as asked:
        flow = flow_of(tmp_path, asked, texts)
        rows = extracted(flow)
    assert [row["text"] for row in rows] == ["Report", *texts]
    assert {row["method"] for row in rows} == {"vision"}
    assert {row["page"] for row in rows} == {1}
    assert all(row["box"]["page"] == row["page"] and row["confidence"] > 0.5 for row in rows)
    assert rows[1]["section"] == ["Report"]
    assert said_of_pages(flow)["vision"].startswith("low confidence (0.")
    assert asked.keys == ["Bearer k3y-Of-The-Server-5"]
    assert json.loads(asked.bodies[0])["model"] == "reader"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "why"),
    [
        (lambda *_: page("\n\n".join([*ENGLISH, MADE_UP])), "made up"),
        (lambda *_: page("\n\n".join(ENGLISH), "length"), "cut"),
        (lambda *_: (200, {}, b'{"choices": [{"message": {"content": 7}}]}'), "not what such"),
        (lambda *_: (400, {}, b"{}"), "HTTP 400"),
        (lambda *_: page("word " * (4 << 20)), "larger than 16 MB"),
    ],
)
def test_an_answer_that_the_page_does_not_confirm_is_refused_and_told(
    tmp_path: Path, script: Script, why: str
) -> None:
    with serving(script) as asked:
        flow = flow_of(tmp_path, asked, ENGLISH)
        rows = extracted(flow)
    assert {row["method"] for row in rows} == {"tesseract"}
    assert "committee" in rows[0]["text"]
    assert why in said_of_pages(flow)["vision_refused"]
    assert {row["status"] for row in ledger.read(flow.lake, flow.context().scope)} == {ledger.OK}


def test_the_server_is_shown_the_page_and_told_to_copy_it(tmp_path: Path) -> None:
    with serving(lambda *_: page("\n\n".join(ENGLISH))) as asked:
        extracted(flow_of(tmp_path, asked, ENGLISH))
    (message,) = json.loads(asked.bodies[0])["messages"]
    prompt, picture = message["content"]
    assert prompt["text"] == vision.PROMPT
    head, _, data = picture["image_url"]["url"].partition(",")
    assert head == "data:image/png;base64"
    shown = Image.open(io.BytesIO(base64.b64decode(data, validate=True)))
    assert shown.format == "PNG"
    page_itself = Image.open(tmp_path / "documents" / "scan.png").convert("L")
    assert abs(shown.width / shown.height - page_itself.width / page_itself.height) < 0.01
    away = ImageChops.difference(shown.convert("L").resize(page_itself.size), page_itself)
    assert ImageStat.Stat(away).mean[0] < 8


def test_a_dead_server_costs_no_page_and_a_later_run_asks_again(tmp_path: Path) -> None:
    answers = [(500, {}, b""), page("\n\n".join(ENGLISH))]
    with serving(lambda number, _: answers[number]) as asked:
        flow = flow_of(tmp_path, asked, ENGLISH)
        assert {row["method"] for row in extracted(flow)} == {"tesseract"}
        root, waiting = ledger.read(flow.lake, flow.context().scope)
        assert (root["status"], waiting["status"]) == (ledger.OK, ledger.FAILED)
        assert waiting["path"] == "scan.png!/page 1.png"
        assert (waiting["error"], waiting["retryable"]) == ("server_unavailable", True)
        assert asked.url not in f"{waiting['message']} {waiting['mend']}"
        assert {row["method"] for row in extracted(flow, retry_now=True)} == {"vision"}
    assert [row["status"] for row in ledger.read(flow.lake, flow.context().scope)] == [ledger.OK]
