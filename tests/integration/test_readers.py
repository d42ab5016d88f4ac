"""Searches beside rebuilds, maintenance and switches of the model are all answered, and in full."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from doclake import fingerprints
from doclake.embed import Embedded, Prepared, Question, embedding_text
from doclake.embed.backends.base import Item, Keep, Kind, Work
from doclake.embed.backends.in_numpy import InNumpy
from doclake.operate import maintenance
from doclake.project import Project
from doclake.search import searcher
from doclake.search.searcher import Searcher
from doclake.settings import EmbeddingSettings
from doclake.stages import chunks, documents, elements, embeddings, search_index
from tests.flow import MODEL, Flow

DOCUMENTS, READERS, WRITERS = 12, 20, 2


class HashedTexts:
    """Vectors without a model: drawn from a digest of the settings and the text, and as long as the
    settings say. So a question that is embedded for another table than it is asked in is noticed.
    """

    def __init__(self, settings: EmbeddingSettings) -> None:
        self.settings, self.fingerprint = settings, fingerprints.model(settings)
        self.documents = InNumpy
        self.dimension = 16 + len(settings.document_prompt or "")

    def encode_queries(self, texts: Sequence[str]) -> list[Question]:
        return [Question(self._vector(text)) for text in texts]

    def work(self, kind: Kind, keep: Keep) -> Work:
        return Work(kind, "", keep)

    def prepared(self, texts: Sequence[str], work: Work, first: int = 0) -> Prepared:
        items = [Item(place, text, [], np.empty(0)) for place, text in enumerate(texts, first)]
        return Prepared(first, items, work)

    def computed(self, groups: Iterable[Prepared], *_: object) -> Iterable[Prepared]:
        return groups

    def embedded(self, group: Prepared) -> Embedded:
        texts = [item.text for item in group.items]
        return Embedded(np.stack([self._vector(text) for text in texts]), [None] * len(texts))

    def _vector(self, text: str) -> np.ndarray:
        digest = hashlib.sha256(f"{self.fingerprint} {text}".encode()).digest()
        seeded = np.random.default_rng(int.from_bytes(digest[:8], "big"))
        vector = seeded.standard_normal(self.dimension).astype(np.float32)
        return vector / np.linalg.norm(vector)


class Crowd:
    """A lake of a few documents, searched by many threads while others work on it."""

    def __init__(self, folder: Path) -> None:
        (folder / "documents").mkdir(parents=True)
        Flow.write_settings(folder)
        self.folder, self.stop = folder, Event()
        flow = Flow(folder)
        for number in range(DOCUMENTS):
            flow.write(f"{number}.md", f"# Field {number}\n\nHedge {number * 7919} keeps it dry.\n")
        self.ingest()
        rows = flow.lake.read("chunks").to_pylist()
        self.text_of = {row["path"]: embedding_text(row["context"], row["text"]) for row in rows}

    @property
    def project(self) -> Project:
        return Project.open(self.folder)

    def ingest(self) -> None:
        flow = Flow(self.folder)
        for stage in (documents, elements, chunks):
            stage.run(flow.context())
        embeddings.run(flow.context(), HashedTexts(flow.settings.embedding))
        search_index.run(flow.project)

    def rebuild(self) -> None:
        search_index.run(self.project, rebuild=True)

    def maintain(self) -> None:
        maintenance.run(self.project)

    def switch(self) -> None:
        """Another prompt makes another model."""
        prompt = self.project.settings.embedding.document_prompt or ""
        beside = self.folder / "next"
        beside.mkdir()
        Flow.write_settings(beside, embedding=MODEL | {"document_prompt": f"{prompt}x"})
        # In one step: a crowd of threads may keep a writer waiting longer than a reader waits.
        (beside / "doclake.yaml").replace(self.folder / "doclake.yaml")
        beside.rmdir()
        self.ingest()

    def ask(self, seed: int) -> Counter[str]:
        """What became of searches until the work was done."""
        chance, ends = random.Random(seed), Counter[str]()
        while not self.stop.is_set():
            ends[self._answer(chance.choice(sorted(self.text_of)))] += 1
        return ends

    def _answer(self, path: str) -> str:
        """Ask the text of a document, which is then the best of all."""
        try:
            hits = Searcher(self.project).search(self.text_of[path], k=10 * DOCUMENTS)
        except Exception as error:
            return f"search: {type(error).__name__}"
        if {hit.path for hit in hits} != self.text_of.keys():
            return "incomplete"
        return "whole" if hits[0].path == path and hits[0].score > 0.99 else "of another model"

    def work(self, tasks: list[Callable[[], None]]) -> Counter[str]:
        ends = Counter[str]()
        while tasks:
            task = tasks.pop()
            try:
                task()
            except Exception as error:
                ends[f"{task.__name__}: {type(error).__name__}"] += 1
        return ends

    def run(self, tasks: list[Callable[[], None]]) -> tuple[Counter[str], Counter[str]]:
        """What became of the searches while all tasks were done, and the errors of these."""
        with ThreadPoolExecutor(READERS + WRITERS) as threads:
            asking = [threads.submit(self.ask, seed) for seed in range(READERS)]
            working = [threads.submit(self.work, tasks) for _ in range(WRITERS)]
            errors = sum((ends.result() for ends in working), Counter[str]())
            self.stop.set()
            return sum((ends.result() for ends in asking), Counter[str]()), errors


def _shuffled(
    crowd: Crowd, rebuilds: int, maintenances: int, switches: int
) -> list[Callable[[], None]]:
    tasks = [crowd.rebuild] * rebuilds + [crowd.maintain] * maintenances
    tasks += [crowd.switch] * switches
    random.Random(1).shuffle(tasks)
    return tasks


@pytest.mark.parametrize(
    ("rebuilds", "maintenances", "switches"),
    [
        (2, 2, 1),
        pytest.param(50, 50, 5, marks=[pytest.mark.slow, pytest.mark.timeout(1200)]),
    ],
)
def test_every_search_beside_rebuilds_maintenance_and_switches_is_answered_whole(
    tmp_path, monkeypatch, capsys, rebuilds, maintenances, switches
):
    monkeypatch.setattr(searcher, "Embedder", HashedTexts)
    crowd = Crowd(tmp_path / "crowd")
    searches, errors = crowd.run(_shuffled(crowd, rebuilds, maintenances, switches))
    with capsys.disabled():
        print(f"\n{searches.total()} searches: {dict(searches)}; errors of work: {dict(errors)}")
    assert searches.keys() == {"whole"}
    assert not errors
    crowd.ingest()
    state = crowd.project.index.state()
    assert state.model == crowd.project.model
    assert len(state.embedding_settings.document_prompt) == switches
    assert Flow(crowd.folder).findings() == []
