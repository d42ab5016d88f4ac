"""Tries a tuned model beside the one that searches use, over the same passages and questions.

Two tables are built for it: the passages of the documents that are asked about, and others by
chance. The one takes its vectors from the index, the other from the tuned model. Searches see
neither, and both go when the questions have been asked; those of a trial that died go with the next
run of the index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from doclake import ids
from doclake.embed import Embedder, embedding_text
from doclake.evaluate.evaluation import Evaluation, evaluate
from doclake.evaluate.gate import Verdict, judge
from doclake.evaluate.questions import Question
from doclake.index.lake_rows import whole
from doclake.index.rows import IndexRows
from doclake.index.state import IndexState
from doclake.progress import Progress, Step
from doclake.project import Project
from doclake.search.searcher import Searcher
from doclake.settings import EmbeddingSettings
from doclake.tune.examples import STAGE

_BATCH = 512  # texts between two words of progress


@dataclass(frozen=True)
class Trial:
    """`tuned` is the table of the tuned model, which is gone; `before` and `after` what the two
    models found, by source; `chunks` how many passages they searched."""

    tuned: IndexState
    before: dict[str, Evaluation]
    after: dict[str, Evaluation]
    chunks: int

    def verdicts(self) -> dict[str, Verdict]:
        """Of each source, of golden questions alone, and of all."""
        before, after = _gains(self.before), _gains(self.after)
        people = {
            asked.question.question_id
            for each in self.before.values()
            for asked in each.asked
            if not asked.question.generated
        }
        parts = {
            name: judge(self.before[name].gains(), self.after[name].gains()) for name in self.before
        }
        parts["golden questions"] = judge(
            {key: gain for key, gain in before.items() if key in people}, after
        )
        return parts | {"all": judge(before, after)}

    @property
    def is_better(self) -> bool:
        """Beyond noise over all questions, and no part of them worse beyond noise."""
        verdicts = self.verdicts()
        return verdicts["all"].rose and not any(one.fell for one in verdicts.values())


def trial(
    project: Project,
    embedding: EmbeddingSettings,
    questions: Sequence[Question],
    progress: Progress,
) -> Trial:
    """Ask these questions of both models. Raises `IndexStateError` and `ModelError`."""
    index = project.index
    state, rows = index.require()
    passages = _passages(rows, questions, project.settings.tuning.trial_chunks)
    embedder = Embedder(embedding)
    embedded = _embedded(passages, embedder, progress)
    by_source = defaultdict[str, list[Question]](list)
    for question in questions:
        by_source[question.source].append(question)
    with index.writer():
        then = project.embedding_of(state)
        former = index.create(state.model, then, state.dimension, state.recipes)
        tuned = index.create(embedder.fingerprint, embedding, embedder.dimension, state.recipes)
        try:
            for table, content in ((former, passages), (tuned, embedded)):
                index.table(table).replace([], content)
                index.optimize(table)
            before, after = (_asked(project, by_source, table) for table in (former, tuned))
        finally:
            index.drop_unused(index.state() or state)
    return Trial(tuned, before, after, len(passages))


def _passages(rows: IndexRows, questions: Sequence[Question], most: int) -> pa.Table:
    """Rows of the index: all of the documents that are asked about, and others up to `most`."""
    known = rows.to_table(columns=["chunk_id", "source", "path"]).to_pylist()
    asked = {(one.source, path) for one in questions for path in one.documents}
    known.sort(
        key=lambda row: (
            (row["source"], row["path"]) not in asked,
            ids.digest("trial", row["chunk_id"]),
        )
    )
    needed = sum((row["source"], row["path"]) in asked for row in known)
    if len(known) <= max(most, needed):
        return whole(rows.to_table())
    chosen = [row["chunk_id"] for row in known[: max(most, needed)]]
    listed = ", ".join(f"'{chunk_id}'" for chunk_id in chosen)
    return whole(rows.to_table(filter=f"chunk_id IN ({listed})"))


def _embedded(passages: pa.Table, embedder: Embedder, progress: Progress) -> pa.Table:
    """The same rows with the vectors of another model."""
    columns = zip(passages["context"].to_pylist(), passages["text"].to_pylist(), strict=True)
    texts = [embedding_text(str(context or ""), str(text)) for context, text in columns]
    vectors, signs = list[np.ndarray](), list[bytes | None]()
    for start in range(0, len(texts), _BATCH):
        progress(Step("", STAGE, start, len(texts), "passages"))
        part = embedder.encode_documents(texts[start : start + _BATCH])
        vectors.append(part.vectors)
        signs += part.signs
    together = np.concatenate(vectors)
    flat = pa.array(together.reshape(-1), pa.float32())
    made = {
        "vector": pa.FixedSizeListArray.from_arrays(flat, together.shape[1]),
        "signs": pa.array(signs, passages.schema.field("signs").type),
    }
    for name, values in made.items():
        place = passages.schema.get_field_index(name)
        field = passages.schema.field(name).with_type(values.type)
        passages = passages.set_column(place, field, values)
    return passages


def _asked(
    project: Project, questions: dict[str, list[Question]], table: IndexState
) -> dict[str, Evaluation]:
    searcher = Searcher(project, table)
    return {name: evaluate(project, name, asked, searcher) for name, asked in questions.items()}


def _gains(evaluations: dict[str, Evaluation]) -> dict[str, float]:
    return {key: gain for each in evaluations.values() for key, gain in each.gains().items()}
