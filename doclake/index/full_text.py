"""The full-text index over the column `terms`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import lance

COLUMN = "terms"
_LONGEST = 200  # characters of a term: file names are longer than words


def ensure(dataset: lance.LanceDataset) -> None:
    """Make the index if there is none. Lance searches rows that came later without it, and
    `optimize` takes them into it."""
    if COLUMN not in dataset.schema.names:
        return
    if any(COLUMN in index.field_names for index in dataset.describe_indices()):
        return
    dataset.create_scalar_index(
        COLUMN,
        "INVERTED",
        base_tokenizer="whitespace",  # `doclake.terms` has cut the text already
        stem=True,
        remove_stop_words=False,
        with_position=False,
        max_token_length=_LONGEST,
    )
