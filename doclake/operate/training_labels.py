"""Trains a classifier of chunks on what people said of them, and writes its file.

Labels stand in a file, a line for each, or in what people decided about refused chunks: those that
they released are `good`, those that they dropped or that wait in quarantine are `refused`.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, model_validator

from doclake import clock
from doclake.curate.classifier import card, training
from doclake.curate.classifier.model import GOOD, Classifier, name_of
from doclake.curate.classifier.training import Example
from doclake.curate.duplicates.signatures import normalised
from doclake.errors import SettingsError
from doclake.govern import quarantine
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.settings.fields import Frozen
from doclake.tables.chunks import CHUNKS
from doclake.tables.decisions import RELEASED

REFUSED = "refused"
_SHOWN = 20  # problems of one file
_Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class _Line(Frozen):
    """A label, of a chunk or of a text. `document` says which texts belong together."""

    label: _Word
    chunk_id: str | None = None
    text: str | None = None
    document: str | None = None

    @model_validator(mode="after")
    def _is_of_one_thing(self) -> _Line:
        if (self.chunk_id is None) == (self.text is None):
            raise ValueError("either `chunk_id` or `text`")
        if self.text is not None and not self.text.strip():
            raise ValueError("a `text` that is not blank")
        return self


@dataclass(frozen=True)
class Trained:
    """The classifier, and its file, with the page about it beside it."""

    classifier: Classifier
    file: Path

    @property
    def page(self) -> Path:
        return self.file.with_suffix(".md")


def train(lake: Lake, folder: Path, file: Path | None, *, from_quarantine: bool) -> Trained:
    """Train on the labels of a file, of the quarantine, or of both, and write the classifier into
    the folder. Raises `SettingsError` if the labels cannot be used, and `ExtraMissing`: nothing is
    written then."""
    examples = labelled(lake, file) if file else []
    if from_quarantine:
        examples += decided(lake)
    where = str(file) if file else "the quarantine"
    examples = _each_text_once(examples, where)
    if (why := training.lacking(examples)) is not None:
        raise _wrong(where, why, [(where, why, f"texts labelled {GOOD} and others, of documents")])
    return _written(training.trained(examples), folder)


def labelled(lake: Lake, file: Path) -> list[Example]:
    """The examples of a file of JSON lines or CSV, each text once. Raises `SettingsError` for one
    of another form, and for ids of chunks that the lake does not hold."""
    lines, problems = [], []
    for number, entry in _entries(file):
        try:
            lines.append((number, _Line.model_validate(entry)))
        except ValidationError as error:
            problems += [(f"line {number}", *_problem(each)) for each in error.errors()]
    known = _chunks(lake, sorted({line.chunk_id for _, line in lines if line.chunk_id}))
    examples = []
    for number, line in lines:
        if line.chunk_id is None:
            text = line.text or ""
            examples.append(Example(text, line.label, line.document or normalised(text)))
        elif line.chunk_id in known:
            text, document = known[line.chunk_id]
            examples.append(Example(text, line.label, document))
        else:
            problems.append((f"line {number}", line.chunk_id, "the id of a chunk of this lake"))
    if problems:
        told = "; ".join(f"{line}, {found}: {wanted}" for line, found, wanted in problems[:_SHOWN])
        raise _wrong(str(file), told, problems[:_SHOWN])
    return examples


def decided(lake: Lake) -> list[Example]:
    """The chunks that a contract refused, and those that people let through."""
    everything = quarantine.Selection()
    refused = {row["key"]: row for row in quarantine.waiting(lake, everything)}
    decisions = quarantine.decided(lake, everything)
    released = {row["key"] for row in decisions if row["decision"] == RELEASED}
    dropped = {row["key"]: row for row in decisions if row["key"] not in released}
    chunks = _chunks(lake, sorted(released))
    examples = [Example(text, GOOD, document) for text, document in chunks.values()]
    for row in (refused | dropped).values():
        if row["stage"] == quarantine.CHUNK_STAGE and row["key"] not in chunks:
            examples.append(Example(quarantine.text_of(lake, row), REFUSED, row["doc_id"]))
    return [one for one in examples if one.text.strip()]


def _chunks(lake: Lake, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Text and document of each chunk that is there."""
    if not ids:
        return {}
    columns = ["chunk_id", "doc_id", "text"]
    rows = CHUNKS.rows(lake.read("chunks", Scope(where={"chunk_id": ids}), columns))
    return {row["chunk_id"]: (row["text"], row["doc_id"]) for row in rows}


def _entries(file: Path) -> Iterator[tuple[int, Any]]:
    """Each entry with the number of its line. An empty field of CSV is none."""
    kinds = {".jsonl": _json_lines, ".csv": _csv_lines}
    if (read := kinds.get(file.suffix.lower())) is None:
        raise _wrong(str(file), "its name must end in .jsonl or .csv")
    try:
        yield from read(file.read_text("utf-8-sig"))
    except (OSError, UnicodeError, csv.Error) as error:
        raise _wrong(str(file), " ".join(str(error).split())) from error


def _json_lines(content: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(content.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                yield number, None


def _csv_lines(content: str) -> Iterator[tuple[int, Any]]:
    lines = csv.DictReader(content.splitlines(keepends=True), strict=True)
    for row in lines:
        named = {name or "(no name)": value for name, value in row.items()}
        yield lines.line_num, {name: value for name, value in named.items() if value}


def _problem(error: Any) -> tuple[str, str]:
    """What is wrong, and what is expected; nothing that the line says."""
    field = ".".join(map(str, error["loc"])) or "whole"
    if error["type"] == "extra_forbidden":
        return field, f"one of {', '.join(_Line.model_fields)}"
    if error["type"] == "string_pattern_mismatch":
        return field, f"a word of small letters, such as {GOOD} or spam"
    return field, error["msg"].removeprefix("Value error, ")


def _each_text_once(examples: Sequence[Example], where: str) -> list[Example]:
    """Those that say the same are one: learned in one document and tested in another, it would
    count as found. One text cannot be learned as two things; raises `SettingsError`."""
    found: dict[str, Example] = {}
    for one in examples:
        before = found.setdefault(normalised(one.text), one)
        if before.label != one.label:
            both = f"{before.label} and {one.label}"
            why = f"the same text is labelled {both}"
            raise _wrong(where, why, [(where, both, "one label for a text")])
        # Whatever the order of the labels, the same one stands for the others.
        found[normalised(one.text)] = min(before, one, key=lambda one: (one.document, one.text))
    return list(found.values())


def _written(classifier: Classifier, folder: Path) -> Trained:
    content = classifier.content()
    made = Trained(classifier, folder / name_of(content))
    trained_at = f"{clock.now():%Y-%m-%d %H:%M} UTC"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        about = card.page(made.file.name, classifier.card, trained_at=trained_at)
        for file, data in ((made.page, about.encode()), (made.file, content)):
            partial = file.with_name(f".{file.name}.{os.getpid()}")
            partial.write_bytes(data)
            partial.replace(file)  # whoever reads it meets all of it or none
    except OSError as error:
        raise _wrong(str(folder), f"nothing can be written there: {error.strerror}") from error
    return made


def _wrong(
    where: str, why: str, problems: Sequence[tuple[str, str, str]] | None = None
) -> SettingsError:
    expected = "JSON lines or CSV with `label` and `chunk_id` or `text`"
    return SettingsError(
        f"No classifier can be trained with {where}: {why}.",
        mend="Nothing was written. Correct the labels: docs/curation.md#a-classifier-of-your-own.",
        problems=list(problems or [("--labels", where, expected)]),
    )
