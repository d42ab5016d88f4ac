"""How well the right passage is found: nDCG@10 and recall@1 end to end, with default settings.

    python benchmarks/retrieval.py ../shared/corpus/documents/retrieval [--questions 400] [--parts]

Each set is a folder with corpus.jsonl (`_id`, `title`, `text`), queries.jsonl (`_id`, `text`) and
qrels.tsv. Its passages are written as files and ingested by the stages, and its questions asked
through `Searcher`. Intervals hold 95 % of 2,000 bootstrap samples. `--parts` also asks vectors
alone, full text alone, both without reranking, and vectors with it; what is made of both is then
compared with the better of the two, question by question.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import yaml

from doclake import Project
from doclake.evaluate.measures import Estimate, estimate, ndcg, recall
from doclake.search.searcher import Searcher
from doclake.settings import SearchSettings
from doclake.terms import terms

VECTORS, TEXT, WHOLE = "vectors alone", "full text alone", "as it is"
RECIPES: dict[str, dict[str, Any]] = {
    VECTORS: {"text_weight": 0, "rerank": "none", "names_first": False},
    TEXT: {},
    "both, no reranking": {"rerank": "none"},
    "vectors, late interaction": {"text_weight": 0},
    WHOLE: {},
}
HEAD = """\
| set | recipe | questions | nDCG@10 | 95 % of samples | recall@1 | 95 % of samples \
| nDCG against the better part | CPU-ms a question |
|---|---|---:|---:|---|---:|---|---|---:|"""
DEPTH = 10


@dataclass(frozen=True)
class JudgedSet:
    """`passages` and `questions` by id, and the passages that answer each question."""

    name: str
    passages: dict[str, dict[str, str]]
    questions: dict[str, str]
    answers: dict[str, set[str]]


def read(folder: Path) -> JudgedSet:
    def rows(name: str) -> Iterator[dict[str, str]]:
        return map(json.loads, (folder / name).read_text("utf-8").splitlines())

    answers: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        question, passage, grade = line.split("\t")
        if int(grade) > 0:
            answers.setdefault(question, set()).add(passage)
    return JudgedSet(
        folder.name,
        {row["_id"]: row for row in rows("corpus.jsonl")},
        {row["_id"]: row["text"] for row in rows("queries.jsonl")},
        answers,
    )


def ingested(judged: JudgedSet, folder: Path, *, titled: bool) -> Project:
    documents = folder / "documents"
    documents.mkdir()
    for name, row in judged.passages.items():
        heading = f"# {row['title'].replace('_', ' ')}\n\n" if titled and row.get("title") else ""
        (documents / f"{name}.md").write_text(heading + row["text"], "utf-8")
    config = {"sources": {"set": {"url": "documents", "access": ["everyone"]}}, "lake": "lake"}
    (folder / "doclake.yaml").write_text(yaml.safe_dump(config))
    project = Project.open(folder)
    project.ingest()
    return project


@dataclass
class Results:
    """Of one recipe: nDCG@10 and recall@1 of each question, and the CPU seconds of all."""

    ndcg: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def ask(self, recipe: str, project: Project, judged: JudgedSet, asked: Sequence[str]) -> None:
        """Add these questions."""
        questions = [judged.questions[key] for key in asked]
        clock = time.process_time()
        found = list((_by_text if recipe == TEXT else _found)(project, recipe, questions))
        self.seconds += time.process_time() - clock
        for key, ranked in zip(asked, found, strict=True):
            right = judged.answers[key]
            ranks = [place for place, name in enumerate(ranked, 1) if name in right]
            self.ndcg.append(ndcg(ranks, len(right)))
            self.first.append(recall(ranks, len(right), 1))


def _found(project: Project, recipe: str, questions: Sequence[str]) -> Iterator[list[str]]:
    """Documents found for each question, best first; each counts once, at its best passage."""
    search = SearchSettings(**RECIPES[recipe])
    changed = Project(project.settings.model_copy(update={"search": search}), project.lake)
    for answer in Searcher(changed).search_many(questions, k=DEPTH):
        yield list(dict.fromkeys(Path(hit.path).stem for hit in answer.hits))


def _by_text(project: Project, _: str, questions: Sequence[str]) -> Iterator[list[str]]:
    """The same by BM25 alone, which no setting of a search gives."""
    _, rows = project.index.require()
    for question in questions:
        words = list(dict.fromkeys(terms(question)))
        found = rows.by_text(words, DEPTH, "source = 'set'", ["path"]).to_pylist()
        found.sort(key=lambda row: -row["_score"])
        yield list(dict.fromkeys(Path(row["path"]).stem for row in found))


def lines(name: str, results: Mapping[str, Results]) -> Iterator[str]:
    """Rows of the table for one set."""
    parts = [results[part] for part in (VECTORS, TEXT) if part in results]
    better = max(parts, key=lambda one: sum(one.ndcg), default=None)
    for recipe, one in results.items():
        against = ""
        if better is not None and one not in parts:
            change = estimate(np.subtract(one.ndcg, better.ndcg).tolist())
            against = f"{change.value:+.3f} ({change.low:+.3f} to {change.high:+.3f})"
        cost = one.seconds / len(one.ndcg) * 1e3
        yield (
            f"| {name} | {recipe} | {len(one.ndcg)} | {_shown(estimate(one.ndcg))} "
            f"| {_shown(estimate(one.first))} | {against} | {cost:.0f} |"
        )


def _shown(mean: Estimate) -> str:
    return f"{mean.value:.3f} | {mean.low:.3f} to {mean.high:.3f}"


def score(folder: Path, recipes: Sequence[str], count: int, titled: bool) -> dict[str, Results]:
    judged = read(folder)
    known = sorted(judged.answers.keys() & judged.questions.keys())
    asked = random.Random(7).sample(known, min(count, len(known)))
    results = {recipe: Results() for recipe in recipes}
    with TemporaryDirectory() as there:
        project = ingested(judged, Path(there), titled=titled)
        for recipe, one in results.items():
            one.ask(recipe, project, judged, asked)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("sets", type=Path, help="folder of judged sets")
    parser.add_argument("--questions", type=int, default=400, help="of each set")
    parser.add_argument("--parts", action="store_true", help="ask parts of the recipe too")
    parser.add_argument("--titled", action="store_true", help="passages under their title")
    given = parser.parse_args()
    print(HEAD)
    for folder in sorted(path.parent for path in given.sets.glob("*/qrels.tsv")):
        recipes = list(RECIPES) if given.parts else [WHOLE]
        results = score(folder, recipes, given.questions, given.titled)
        print(*lines(folder.name, results), sep="\n", flush=True)


if __name__ == "__main__":
    main()
