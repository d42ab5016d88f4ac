"""Data cards of sources and cards of models, by the templates of the Hugging Face hub.

A card holds counts, settings and measures, no name and no text of a document, and no moment at
which it was written: it is the same until something that it says has changed.
"""

from __future__ import annotations

from collections.abc import Iterator

from doclake.govern.cards.model_card import classifier_cards, embedding_card
from doclake.govern.cards.source_card import source_card
from doclake.lake import card_files
from doclake.project import Project


def cards(project: Project) -> Iterator[tuple[str, str]]:
    """Name and Markdown of each: of the sources, of the embedding model, of trained classifiers.
    Raises `LakeError`, `SettingsError` and, for a classifier that cannot be read, `ModelError`."""
    for name in project.settings.sources:
        yield card_files.of_source(name), source_card(project, name)
    yield card_files.EMBEDDING, embedding_card(project)
    yield from classifier_cards(project)


def write(project: Project) -> dict[str, bool]:
    """Write those that have changed, and remove those of what is no more: by name, whether it was
    written. Raises what `cards` does, and what the store does."""
    made = dict(cards(project))
    written = {name: card_files.write(project.lake, name, text) for name, text in made.items()}
    card_files.keep_only(project.lake, made)
    return written
