"""Which embedding model a setting means, and its files on this machine.

A model is one of three: bundled (its weights come inside a Python package, so no hub is needed), a
local sentence-transformers folder, or a hub id. `resolve` always returns one folder that holds both
the tokenizer and the weights, so they can never be of two revisions.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from doclake import fingerprints
from doclake.embed.models.bundled import BUNDLED, bundled
from doclake.embed.models.hub import from_hub
from doclake.embed.models.source import ModelSource
from doclake.errors import ModelError
from doclake.errors.foreign import in_words
from doclake.settings import EmbeddingSettings
from doclake.settings.embedding import is_hub_id


def resolve(settings: EmbeddingSettings) -> ModelSource:
    """The files of the model that `settings` name, fetched or converted if they must be.

    Raises `ModelError`. Uses the network only for a hub id.
    """
    folder, digests = _locate(settings)
    return _describe(folder, settings, tuple(sorted(digests.items())))


def _locate(settings: EmbeddingSettings) -> tuple[Path, dict[str, str]]:
    """The folder of the model and the digests known for its files."""
    name = settings.model
    if name in BUNDLED:
        return bundled(name, BUNDLED[name])
    folder = fingerprints.model_folder(settings)
    if folder is not None:
        return folder.resolve(), {}
    if is_hub_id(name):
        return from_hub(name, settings.revision), {}
    raise ModelError(
        f"No embedding model is called {name!r}.",
        mend=f"Take one of {', '.join(BUNDLED)}, a local folder, or a hub id org/name.",
        model=name,
    )


def _describe(
    folder: Path, settings: EmbeddingSettings, digests: tuple[tuple[str, str], ...]
) -> ModelSource:
    if not (folder / "tokenizer.json").is_file():
        raise ModelError(
            f"The model in {folder} has no tokenizer.json.",
            mend="Save it again with a fast tokenizer: SentenceTransformer(...).save(folder).",
            folder=str(folder),
        )
    prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or {}
    sentence = _json(folder / "sentence_bert_config.json")
    query, document = settings.query_prompt, settings.document_prompt
    own_document = prompts.get("document") or prompts.get("passage") or ""
    return ModelSource(
        name=settings.model,
        folder=folder,
        query_prompt=(prompts.get("query") or "") if query is None else query,
        document_prompt=own_document if document is None else document,
        max_tokens=_limit(folder, sentence),
        lowercase=bool(sentence.get("do_lower_case")),
        sha256=digests,
    )


def _limit(folder: Path, sentence: dict[str, Any]) -> int:
    """The model's own limit, at which sentence-transformers would cut, from its files."""
    if sentence.get("max_seq_length"):
        return int(sentence["max_seq_length"])
    tokenizer = _json(folder / "tokenizer_config.json").get("model_max_length")
    positions = _json(folder / "config.json").get("max_position_embeddings")
    known = [int(limit) for limit in (tokenizer, positions) if limit and limit < 1e9]
    if not known:
        raise ModelError(
            f"The model in {folder} does not say how long a text may be.",
            mend="Set max_seq_length in its sentence_bert_config.json.",
            folder=str(folder),
        )
    return min(known)


def _json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{file} cannot be read: {in_words(error, str(file))}.",
            mend="Save the model again.",
            file=str(file),
        ) from error
    return content if isinstance(content, dict) else {}
