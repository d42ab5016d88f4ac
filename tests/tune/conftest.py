"""A lake of notes in words of the house, questions in words of everybody, and a model that learns
fast."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from doclake.embed.models.resolve import resolve
from doclake.embed.models.source import ModelSource
from doclake.settings import EmbeddingSettings
from tests.copied import copy_project
from tests.flow import MODEL, Flow

THINGS = {
    "Heron": "travel expenses", "Quartz": "canteen", "Otter": "car pool", "Basalt": "payroll",
    "Finch": "newsletter", "Lynx": "front gate", "Cobalt": "server room", "Raven": "night shift",
}  # fmt: skip
TOLD = {
    "Who is in charge of the {}?": "Whoever has trouble with {} turns to Ms Kim, office {}.",
    "What does the {} cost in a month?": "{} is booked with {} euros every four weeks.",
    "In which building is the {}?": "You find {} in house {}, behind the yard.",
    "How many people use the {}?": "On a normal day {} serves {} of us.",
    "When was the {} last renewed?": "{} was overhauled in the spring of {}.",
    "What must be brought to the {}?": "Nobody gets anything from {} without form {}.",
}
QUICK = {"min_pairs": 8, "epochs": 1, "batch_pairs": 8}


def configure(flow: Flow, embedding: dict[str, str] | None = None, **tuning: object) -> None:
    source = {"url": "documents", "access": ["everyone"], "buckets": 4}
    flow.configure(
        sources={"notes": source | {"questions": "questions.yaml"}},
        embedding=MODEL | (embedding or {}),
        tuning=QUICK | tuning,
    )


@pytest.fixture(scope="session")
def _house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house") / "project"
    (folder / "documents").mkdir(parents=True)
    Flow.write_settings(folder)
    flow, lines = Flow(folder), []
    for name, thing in THINGS.items():
        for number, (question, told) in enumerate(TOLD.items()):
            path = f"{name}{number}.txt"
            flow.write(path, told.format(name, 100 + len(lines)) + "\n")
            entry = {"question": question.format(thing), "documents": [path]}
            lines.append(f"- {json.dumps(entry)}\n")
    (folder / "questions.yaml").write_text("".join(lines))
    configure(flow)
    flow.run()
    return folder


@pytest.fixture
def house(_house: Path, tmp_path: Path) -> Flow:
    """The test's own copy."""
    return Flow(copy_project(_house, tmp_path / "house"))


@pytest.fixture
def on_house(house: Flow, command: Callable[..., int], monkeypatch: pytest.MonkeyPatch):
    """`command`, on `house`."""
    monkeypatch.setenv("DOCLAKE_CONFIG", str(house.folder))
    return command


@pytest.fixture(scope="session")
def little(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of random weights and of the words of all-MiniLM-L6-v2."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    folder = tmp_path_factory.mktemp("little")
    torch.manual_seed(5)
    tokenizer = AutoTokenizer.from_pretrained(resolve(EmbeddingSettings(**MODEL)).folder)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
    )
    BertModel(config).save_pretrained(folder / "bare")
    tokenizer.save_pretrained(folder / "bare")
    parts = [Transformer(str(folder / "bare"), max_seq_length=64), Pooling(32)]
    SentenceTransformer(modules=parts, prompts={"query": "ask: ", "document": "tell: "}).save(
        str(folder / "model"), create_model_card=False
    )
    return folder / "model"


@pytest.fixture
def source_of() -> Callable[[Path], ModelSource]:
    return lambda folder: resolve(EmbeddingSettings(model=str(folder)))
