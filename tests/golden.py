"""A lake whose passages answer golden questions, and models that answer them well and badly."""

from __future__ import annotations

import json
from pathlib import Path

from doclake.embed import Embedder
from doclake.index.index import SearchIndex
from doclake.search.searcher import Searcher
from doclake.stages import embeddings
from tests.flow import MODEL, Flow

FACTS = {
    "The lighthouse keeper feeds the goats at dawn.": "Who looks after the goats?",
    "Kelp is dried on racks for nine days.": "How long does seaweed stay on the racks?",
    "The ferry does not sail in a storm.": "When does the boat stay in the harbour?",
    "Salaries are paid on the tenth of each month.": "When do employees get their wages?",
    "Visitors must wear helmets in the turbine hall.": "What do guests put on their heads?",
    "The school teaches French from the fourth year.": "Which foreign language do pupils learn?",
    "Bees are kept behind the church.": "Where are the hives?",
    "The well was dug in the year of the drought.": "When was the source of water made?",
}
NOISE = "On rainy Tuesdays the accountants of Lisbon argue about trams, tax forms and lemons. " * 4
WORSE = MODEL | {"query_prompt": NOISE}
OTHER = MODEL | {"query_prompt": ""}  # another model by its fingerprint, which answers the same
VECTORS = {"text_weight": 0, "rerank": "none", "names_first": False}


def configure(flow, embedding=MODEL, **evaluation) -> None:
    source = {"url": "documents", "access": ["everyone"], "buckets": 4}
    sources = {"notes": source | {"questions": "questions.yaml"}}
    flow.configure(sources=sources, search=VECTORS, embedding=embedding, evaluation=evaluation)


def asked(folder: Path, facts: dict[str, str], embedding: dict[str, str]) -> Flow:
    """A lake of facts, each in a document of its own, and golden questions about them."""
    (folder / "documents").mkdir(parents=True)
    Flow.write_settings(folder)
    flow = Flow(folder)
    for number, fact in enumerate(facts):
        flow.write(f"fact{number}.txt", f"{fact}\n")
    entries = [
        {"question": question, "documents": [f"fact{number}.txt"]}
        for number, question in enumerate(facts.values())
    ]
    lines = [f"- {json.dumps(entry)}\n" for entry in entries]
    (folder / "questions.yaml").write_text("".join(lines))
    configure(flow, embedding)
    flow.run()
    return flow


def embed(flow: Flow) -> None:
    embeddings.run(flow.context(), Embedder(flow.settings.embedding))


def serves(flow: Flow) -> str:
    """The model that searches use."""
    return SearchIndex(flow.lake).state().model


def found(flow: Flow, question: str = "Where are the hives?") -> str:
    """The path of the first hit."""
    return Searcher(flow.project).search(question, k=1)[0].path
