"""What a classifier is worth, in words: the page that lies beside its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Measures = Mapping[str, Any]
HEADING = ("", "texts", "bad", "precision", "recall")


def rows(card: Mapping[str, Any]) -> Iterator[tuple[str, Measures]]:
    """The measures of all texts, of those of each language, and of each label."""
    measured = card["measured"]
    yield "all", measured["all"]
    yield from measured["languages"].items()
    for label, measures in measured["labels"].items():
        yield f"label {label}", measures


def page(name: str, card: Mapping[str, Any], *, trained_at: str) -> str:
    """Markdown. It repeats no text that the classifier was trained on."""
    lines = [f"# Classifier {name}", "", f"Trained {trained_at}.", ""]
    lines += ["| label | texts |", "|---|---:|"]
    lines += [f"| {label} | {count:,} |" for label, count in card["examples"].items()]
    lines += ["", f"They are of {card['documents']:,} documents.", "", "## What it is worth", ""]
    lines += [
        "On documents that it had not seen: the texts are learned from in parts, and each part of",
        "the documents is judged by what was learned from the others. A text counts as flagged if",
        "it is bad with a likelihood of at least .5. With few texts, or texts of one kind, these",
        "figures say little of others.",
        "",
    ]
    lines += [f"| {' | '.join(HEADING)} |", "|---|---:|---:|---:|---:|"]
    for what, of in rows(card):
        lines.append(
            f"| {what} | {of['texts']:,} | {of['bad']:,} | {of['precision']} | {of['recall']} |"
        )
    lines += ["", f"Average precision over all: {card['measured']['all']['average_precision']}."]
    lines += [f"Digest of the labels: {card['labels_digest']}.", "", "## Use it", ""]
    lines += ["```yaml", *setting(f"classifiers/{name}"), "```", ""]
    return "\n".join(lines)


def setting(file: str) -> list[str]:
    """Lines of doclake.yaml."""
    return ["recipe:", "  curation:", f"    classifier: {{policy: flag, model: {file}}}"]
