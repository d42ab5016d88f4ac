"""One search, four doors: Python, the command line, HTTP and MCP give the same rows and refuse the
same."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from mcp import Client

from doclake import Project, extract_file
from doclake.errors import DoclakeError
from doclake.lake.scope import Scope
from tests.copied import copy_project
from tests.flow import Flow
from tests.served import Served, serving

QUESTION = "Where is the spade?"
MATCHING: dict[str, dict[str, Any]] = {
    "no filter": {},
    "source": {"source": ["notes"]},
    "language": {"language": ["ko"]},
    "type": {"type": ["txt"]},
    "types": {"type": ["text/plain", "md"]},
    "path": {"path": ["*.md", "tools.*"]},
    "page": {"page": [2]},
    "since": {"since": "2020-01-01"},
    "until": {"until": "2100-01-01T00:00:00"},
    "metadata": {"metadata": {"author": "kim"}},
    "all at once": {
        "source": ["notes"],
        "type": ["pdf"],
        "page": [1, 2],
        "path": ["**"],
        "since": "2020-01-01",
        "until": "2100-01-01",
        "metadata": {"author": "Kim"},
    },
}
NOTHING: dict[str, dict[str, Any]] = {
    "language": {"language": ["fr"]},
    "type": {"type": ["xlsx"]},
    "path": {"path": ["nowhere/**"]},
    "page": {"page": [77]},
    "since": {"since": "2100-01-01"},
    "until": {"until": "1970-01-01"},
    "metadata": {"metadata": {"author": "nobody"}},
    "SQL": {"path": ["' OR 1=1 --"], "metadata": {"author": "') OR true --"}},
}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "language": ({"language": ["English"]}, "filter_invalid"),
    "type": ({"type": ["no such type"]}, "filter_invalid"),
    "page": ({"page": [0]}, "filter_invalid"),
    "since": ({"since": "yesterday"}, "filter_invalid"),
    "until": ({"until": "' OR 1=1 --"}, "filter_invalid"),
    "metadata": ({"metadata": {"an author": "Kim"}}, "filter_invalid"),
    "source": ({"source": ["' OR 1=1 --"]}, "settings_invalid"),
}


def _pdf() -> bytes:
    import pymupdf

    with pymupdf.open() as document:
        for text in ("Compost is turned every month.", "Leaves go in last."):
            document.new_page().insert_text((72, 100), text, fontsize=12)
        document.set_metadata({"author": "Kim Minji"})
        return bytes(document.tobytes())


@pytest.fixture(scope="module")
def ingested(_ingested: Path, tmp_path_factory: pytest.TempPathFactory) -> Flow:
    flow = Flow(copy_project(_ingested, tmp_path_factory.mktemp("doors") / "project"))
    (flow.documents / "compost.pdf").write_bytes(_pdf())
    flow.run()
    return flow


@pytest.fixture(scope="module")
def project(ingested: Flow) -> Project:
    return Project.open(ingested.folder)


@pytest.fixture(scope="module")
def server(ingested: Flow) -> Iterator[Served]:
    with serving(ingested.project) as served:
        yield served


@pytest.fixture
def command_line(
    ingested: Flow, command: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> Callable[..., tuple[int, str, str]]:
    """Exit code and what is printed of `doclake search` over the lake of `server`."""
    monkeypatch.setenv("DOCLAKE_CONFIG", str(ingested.folder))

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = command("search", *arguments)
        return code, *capsys.readouterr()

    return run


def _options(filters: dict[str, Any]) -> list[str]:
    options: list[str] = []
    for name, values in filters.items():
        if name == "metadata":
            options += [f"--meta={field}={text}" for field, text in values.items()]
        else:
            listed = values if isinstance(values, list) else [values]
            options += [f"--{name}={value}" for value in listed]
    return options


def _tool(served: Served, name: str, arguments: dict[str, Any]) -> Any:
    async def call() -> Any:
        async with Client(f"{served.url}/mcp") as client:
            return await client.call_tool(name, arguments)

    return asyncio.run(call())


def _through_mcp(served: Served, filters: dict[str, Any], k: int = 10) -> Any:
    return _tool(served, "search", {"question": QUESTION, "k": k, "filters": filters})


def _without_server(ingested: Flow) -> Any:
    """The announcement out of reach for a while."""

    class Hidden:
        place, aside = ingested.folder / "lake/server.json", ingested.folder / "aside.json"

        def __enter__(self) -> None:
            shutil.move(self.place, self.aside)

        def __exit__(self, *_: object) -> None:
            shutil.move(self.aside, self.place)

    return Hidden()


@pytest.mark.parametrize("name", MATCHING)
def test_every_door_gives_the_same_rows(name, project, server, command_line):
    filters = MATCHING[name]
    hits = project.search(QUESTION, k=10, **filters)
    expected = [json.loads(json.dumps(hit.as_dict())) for hit in hits]
    assert expected
    _, printed, _ = command_line(QUESTION, "-k", "10", "--json", *_options(filters))
    assert [json.loads(line) for line in printed.splitlines()] == expected
    assert server.search(QUESTION, k=10, filters=filters).json["hits"] == expected
    assert _through_mcp(server, filters).structured_content["hits"] == expected


def test_a_hit_tells_the_title_and_the_boxes_of_its_chunk_as_its_elements_have_them(
    ingested, command_line
):
    _, printed, _ = command_line(QUESTION, "--json", "--path", "compost.pdf", "--page", "1")
    (hit,) = map(json.loads, printed.splitlines())
    in_lake = Scope("notes", where={"doc_id": [hit["doc_id"]]})
    chunks = ingested.lake.read("chunks", in_lake).to_pylist()
    (chunk,) = (row for row in chunks if row["chunk_id"] == hit["chunk_id"])
    assert (hit["title"], hit["boxes"]) == (chunk["title"], chunk["boxes"])
    stored = {row["element_id"]: row for row in ingested.lake.read("elements", in_lake).to_pylist()}
    made_from = [stored[element_id]["box"] for element_id in chunk["element_ids"]]
    assert hit["boxes"] == [pytest.approx(box, abs=0.01) for box in made_from]
    (extracted,) = extract_file(ingested.documents / "compost.pdf")
    assert set(made_from[0]) == {"page", "x0", "y0", "x1", "y1"}
    assert made_from[0] in extracted.elements["box"].to_pylist()


def test_without_a_server_the_command_line_gives_the_same_rows(ingested, server, command_line):
    asked = (QUESTION, "-k", "10", "--json", *_options(MATCHING["types"]))
    warm = command_line(*asked)
    assert warm[1]
    with _without_server(ingested):
        assert command_line(*asked) == warm


@pytest.mark.parametrize("name", NOTHING)
def test_a_filter_that_nothing_passes_finds_nothing_at_any_door(
    name, project, server, command_line
):
    filters = NOTHING[name]
    assert project.search(QUESTION, **filters) == []
    assert command_line(QUESTION, "--json", *_options(filters)) == (0, "", "")
    assert server.search(QUESTION, filters=filters).json["hits"] == []
    assert _through_mcp(server, filters).structured_content["hits"] == []


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_refused_alike_at_every_door(name, project, server, command_line):
    filters, code = WRONG[name]
    with pytest.raises(DoclakeError) as refused:
        project.search(QUESTION, **filters)
    assert refused.value.code == code
    message = refused.value.message
    answer = server.search(QUESTION, filters=filters)
    assert (answer.status, answer.code, answer.json["message"]) == (400, code, message)
    told = _through_mcp(server, filters)
    assert told.is_error
    assert told.content[0].text.endswith(f"{code}: {message} {refused.value.mend}".rstrip())
    exit_code, _, printed = command_line(QUESTION, *_options(filters))
    assert exit_code == 2
    assert "".join(message.split()) in "".join(printed.split())


def test_an_unknown_field_is_an_error_at_every_door(project, server, command_line):
    filters = {"colour": ["red"]}
    with pytest.raises(DoclakeError) as refused:
        project.search(QUESTION, **filters)
    assert refused.value.code == "filter_invalid"
    assert server.search(QUESTION, filters=filters).code == "filter_invalid"
    assert _through_mcp(server, filters).content[0].text.count("filter_invalid: ")
    assert command_line(QUESTION, "--colour=red")[0] == 2


@pytest.mark.parametrize("question", ["", " \t\n", "\u200b", "\x00"])
def test_a_question_without_a_word_is_refused_at_every_door(
    question, project, server, command_line
):
    with pytest.raises(DoclakeError) as refused:
        project.search(question)
    assert refused.value.code == "question_empty"
    assert server.search(question).code == "question_empty"
    told = _tool(server, "search", {"question": question}).content[0].text
    assert "question_empty: " in told
    assert command_line(question)[0] == 2


@pytest.mark.parametrize("k", [0, -1, 1001])
def test_a_number_of_passages_out_of_bounds_is_refused_at_every_door(
    k, project, server, command_line
):
    with pytest.raises(DoclakeError) as refused:
        project.search(QUESTION, k=k)
    assert refused.value.code == "filter_invalid"
    assert server.search(QUESTION, k=k).code == "filter_invalid"
    assert _through_mcp(server, {}, k=k).content[0].text.count("filter_invalid: ")
    assert command_line(QUESTION, "-k", str(k))[0] == 2


def test_a_citation_id_resolves_alike_at_every_door(project, server):
    (hit,) = project.search(QUESTION, k=1)
    passage = project.passage(hit.citation_id, neighbours=1)
    expected = json.loads(json.dumps(passage.hit.as_dict()))
    answer = server.ask("GET", f"/passage/{hit.citation_id}?neighbours=1")
    assert answer.json["hit"] == expected
    fetched = _tool(server, "fetch", {"citation_id": hit.citation_id}).structured_content
    assert fetched == answer.json
    assert (fetched["before"], fetched["after"]) == (passage.before, passage.after)


@pytest.mark.parametrize("citation_id", ["0.0", "nothing", "' OR 1=1 --", "a" * 2_000])
def test_a_citation_id_that_means_nothing_is_refused_alike(citation_id, project, server):
    with pytest.raises(DoclakeError) as refused:
        project.passage(citation_id)
    answer = server.ask("GET", f"/passage/{quote(citation_id)}")
    assert (answer.status, answer.code) == (404, refused.value.code)
    told = _tool(server, "fetch", {"citation_id": citation_id})
    assert refused.value.mend in told.content[0].text
