"""By a server that speaks as OpenAI's does: `POST /v1/embeddings`."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from typing import Any

import numpy as np

from doclake.deadline import started
from doclake.embed.backends.base import Item, Mean, Output, Work
from doclake.embed.token_batches import pack
from doclake.errors import ModelError, ServerRefused, ServerUnavailable
from doclake.servers.budget import Budget
from doclake.servers.client import Body, Servers
from doclake.settings import EmbeddingServerSettings

KINDS = {"signs": "u1", "states": "<f4"}
"""What a server of Doclake may send beside a vector, in base64, and of what numbers."""
PATH = "/v1/embeddings"
_REST = 60.0  # seconds without a request after several that failed
_QUESTION_TOKENS = 2048  # of one request for token vectors, of which each takes kilobytes
_MENDS = {
    412: "Give the server and its client the same `embedding` settings.",
    413: "Lower embedding.server.batch_texts or .batch_tokens: a request is too large.",
}
_budget = Budget("embedding")


class EmbeddingsServer:
    """The back end `server`. `fingerprint` is the model's, which a server of Doclake compares."""

    has_model = False
    leaves_processor = True

    def __init__(self, settings: EmbeddingServerSettings, fingerprint: str) -> None:
        self._settings, self._fingerprint = settings, fingerprint
        self._servers = Servers(_REST)
        self._dimension: int | None = None

    @property
    def dimension(self) -> int:
        """Asks for a vector if it has given none yet."""
        if self._dimension is None:
            item = Item(0, "a", [0], np.ones(1, bool))
            self._asked([item], Work("document", "", "nothing"))
        assert self._dimension is not None
        return self._dimension

    def ready(self) -> None:
        """Whether it answers, the first texts tell."""

    def batches(self, lengths: Sequence[int], work: Work) -> Iterator[list[int]]:
        most = self._settings.batch_tokens
        if work.keep == "states":
            most = min(most, _QUESTION_TOKENS)
        for batch in pack(lengths, most):
            for start in range(0, len(batch), self._settings.batch_texts):
                yield batch[start : start + self._settings.batch_texts]

    def compute(self, batches: Iterable[list[Item]], work: Work, _: Mean) -> Iterator[list[Output]]:
        """Several requests at once. After an error nothing more is sent."""
        left = iter(batches)
        running: set[Future[list[Output]]] = set()
        try:
            while True:
                while len(running) < self._settings.concurrency and (batch := next(left, None)):
                    running.add(started(partial(self._asked, batch, work)))
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        except BaseException:
            self._servers.close()
            self._servers = Servers(_REST)
            raise

    def _asked(self, batch: list[Item], work: Work) -> list[Output]:
        settings, tokens = self._settings, sum(len(item.ids) for item in batch)
        data = json.dumps(self._request(batch, work)).encode()
        body = Body("application/json", len(data), lambda: [data])
        _budget.reserve(settings, tokens)
        spent = 0
        try:
            said = self._servers.of("embedding", settings).post(PATH, body)
            spent = _tokens(said) or tokens
        except (ServerUnavailable, ServerRefused) as error:
            mend = _MENDS.get(error.facts.get("status", 0), error.mend)
            raise ModelError(error.message, mend=mend) from error
        finally:
            _budget.settle(tokens, spent)
        return list(self._outputs(said, batch))

    def _request(self, batch: list[Item], work: Work) -> dict[str, Any]:
        """The prompt is put here, or by a server that is told what the texts are."""
        is_put_there = self._settings.dialect != "openai"
        prompt = "" if is_put_there else work.prompt
        asked: dict[str, Any] = {
            "model": self._settings.model,
            "input": [prompt + item.text for item in batch],
        }
        if is_put_there:
            asked["input_type"] = work.kind
        if self._settings.dialect == "doclake":
            asked["encoding_format"] = "base64"
            asked["doclake"] = {"fingerprint": self._fingerprint, "keep": work.keep}
        return asked

    def _outputs(self, said: Any, batch: list[Item]) -> Iterator[Output]:
        """Raises `ModelError` for an answer that is not one vector for each text."""
        rows = _rows(said, len(batch))
        for item, row in zip(batch, rows, strict=True):
            vector = _vector(row.get("embedding"))
            self._check(vector)
            yield item.place, vector / np.linalg.norm(vector), _kept(row, item)

    def _check(self, vector: np.ndarray) -> None:
        if self._dimension is None:
            self._dimension = len(vector)
        if len(vector) != self._dimension:
            raise _wrong(f"a vector of {len(vector)} numbers after such of {self._dimension}")
        if not np.isfinite(vector).all() or not vector.any():
            raise _wrong("a vector that is zero or not finite")


def _rows(said: Any, count: int) -> list[dict[str, Any]]:
    """One for each text, in the order of the texts."""
    rows = said.get("data") if isinstance(said, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _wrong("no list of embeddings")
    if len(rows) != count:
        raise _wrong(
            f"{len(rows)} vectors for {count} texts",
            "Lower embedding.server.batch_texts to what one request may hold.",
        )
    places = [row.get("index", place) for place, row in enumerate(rows)]
    if sorted(map(str, places)) != sorted(map(str, range(count))):
        raise _wrong("an index twice, or none for a text")
    return [row for _, row in sorted(zip(places, rows, strict=True), key=lambda pair: pair[0])]


def _vector(given: Any) -> np.ndarray:
    """As numbers, or as base64 of float32."""
    try:
        if isinstance(given, str):
            return np.frombuffer(base64.b64decode(given, validate=True), "<f4")
        vector = np.array(given, np.float32)
    except (ValueError, TypeError, OverflowError):
        raise _wrong("an embedding that holds no numbers") from None
    if vector.ndim != 1:
        raise _wrong("an embedding that is no list of numbers")
    return vector


def _kept(row: dict[str, Any], item: Item) -> np.ndarray | None:
    """The signs or vectors of a text's own tokens, which servers of Doclake send."""
    name = next((name for name in KINDS if name in row), None)
    if name is None:
        return None
    count = int(item.own.sum())
    try:
        flat = np.frombuffer(base64.b64decode(row[name], validate=True), KINDS[name])
        return flat.reshape(count, -1 if count else 0)
    except (ValueError, TypeError):
        raise _wrong(f"{name} of other tokens than the text has") from None


def _tokens(said: Any) -> int | None:
    usage = said.get("usage") if isinstance(said, dict) else None
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return total if isinstance(total, int) and total > 0 else None


def _wrong(what: str, mend: str = "") -> ModelError:
    return ModelError(
        f"The embedding server gives {what}.",
        mend=mend or "Look whether embedding.server.url and .model name a model of embeddings.",
    )
