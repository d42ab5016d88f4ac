"""An answer in words over HTTP, under the token's principals."""

from __future__ import annotations

import pytest

from tests.extract.servers.scripted import page
from tests.extract.servers.scripted import serving as chatting
from tests.serve.conftest import TOKENS
from tests.served import serving

QUESTION = "Where does the pond lie?"
(BOARD, _) = TOKENS


@pytest.fixture(scope="module")
def server(closed):
    with chatting(lambda *_: page("The pond lies behind the shed [1].")) as asked:
        sources = {"open": {"url": "open", "access": ["everyone"], "buckets": 1}}
        sources |= {"notes": {"url": "documents", "access": ["group:board"], "buckets": 4}}
        closed.configure(
            sources=sources,
            serve={"token_file": "tokens.yaml"},
            chat={"url": asked.url, "model": "m"},
        )
        with serving(closed.project) as served:
            yield served


def test_an_answer_cites_passages_that_its_asker_may_see(server):
    said = server.ask("POST", "/ask", {"question": QUESTION}).json
    assert said["answer"] == "The pond lies behind the shed.[1]"
    assert said["statements"] == [{"text": "The pond lies behind the shed.", "citations": [1]}]
    assert {passage["citation"].split("]")[0] for passage in said["passages"]} == {"[open"}
    (citation_id, *_) = said["passages"][0]["citation_ids"]
    assert "shed" in server.ask("GET", f"/passage/{citation_id}").json["hit"]["text"]


def test_what_is_wrong_with_a_question_is_told_as_a_search_tells_it(server):
    assert server.ask("POST", "/ask", {"question": "  "}).code == "question_empty"
    wrong = server.ask("POST", "/ask", {"question": QUESTION, "filters": {"sauce": "x"}})
    assert (wrong.status, wrong.code) == (400, "filter_invalid")


def test_who_may_see_more_is_answered_from_more(server):
    asked = {"question": "Where does the spade hang?"}
    open_to = [server.ask("POST", "/ask", asked, token=token).json for token in (None, BOARD)]
    sources = [{one["citation"].split("]")[0] for one in said["passages"]} for said in open_to]
    assert sources == [{"[open"}, {"[open", "[notes"}]
