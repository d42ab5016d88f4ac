"""How well the right passage is found: nDCG@10 end to end, with default settings.

    python benchmarks/retrieval.py ../shared/corpus/documents/retrieval [--questions 400] [--parts]

Each set is a folder with corpus.jsonl (`_id`, `title`, `text`), queries.jsonl (`_id`, `text`) and
qrels.tsv. Its passages are written as files and ingested by the stages, and its questions asked
through `Project`. Intervals are of 2,000 bootstrap samples. `--parts` also asks with vectors
alone, full text alone, both, and no reranking.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from doclake import Project
from doclake.evaluate.measures import estimate, ndcg
from doclake.search.searcher import Searcher
from doclake.settings import SearchSettings

RECIPES: dict[str, dict[str, Any]] = {
    "as it is": {},
    "vectors alone": {"text_weight": 0, "rerank": "none", "names_first": False},
    "both, no reranking": {"rerank": "none"},
    "vectors, late interaction": {"text_weight": 0},
}


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


def gains(project: Project, judged: JudgedSet, asked: Sequence[str]) -> list[float]:
    """nDCG@10 of each question; a document counts once, at its best passage."""
    found = []
    answers = Searcher(project).search_many([judged.questions[key] for key in asked], k=10)
    for key, answer in zip(asked, answers, strict=True):
        ranked = list(dict.fromkeys(Path(hit.path).stem for hit in answer.hits))
        right = judged.answers[key]
        ranks = [place for place, name in enumerate(ranked, 1) if name in right]
        found.append(ndcg(ranks, len(right)))
    return found


def score(folder: Path, recipes: Mapping[str, dict[str, Any]], count: int, titled: bool) -> None:
    judged = read(folder)
    known = sorted(judged.answers.keys() & judged.questions.keys())
    asked = random.Random(7).sample(known, min(count, len(known)))
    with TemporaryDirectory() as there:
        project = ingested(judged, Path(there), titled=titled)
        for name, changes in recipes.items():
            search = SearchSettings(**changes)
            settings = project.settings.model_copy(update={"search": search})
            clock = time.process_time()
            values = gains(Project(settings, project.lake), judged, asked)
            cost = (time.process_time() - clock) / len(asked) * 1e3
            mean = estimate(values)
            print(
                f"| {judged.name} | {name} | {len(asked)} | {mean.value:.3f} | "
                f"{mean.low:.3f} to {mean.high:.3f} | {cost:.0f} |",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("sets", type=Path, help="folder of judged sets")
    parser.add_argument("--questions", type=int, default=400, help="of each set")
    parser.add_argument("--parts", action="store_true", help="ask with parts of the recipe too")
    parser.add_argument("--titled", action="store_true", help="passages under their title")
    given = parser.parse_args()
    recipes = RECIPES if given.parts else {"as it is": {}}
    print("| set | recipe | questions | nDCG@10 | 95 % of samples | CPU-ms a question |")
    print("|---|---|---|---|---|---|")
    for folder in sorted(path.parent for path in given.sets.glob("*/qrels.tsv")):
        score(folder, recipes, given.questions, given.titled)


if __name__ == "__main__":
    main()
