"""The lake's own model, asked over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doclake.embed import Embedder
from doclake.embed.backends.base import Keep, Kind, Work
from doclake.errors import RequestInvalid, SettingsDiffer
from doclake.project import Project
from doclake.serve.caller import Caller
from doclake.serve.threads import Threads

_WARMING = "Is the model there?"


@dataclass(frozen=True)
class Vectors:
    """Unit vectors, float32 [n, d], what is kept of the own tokens of each text, and how many
    tokens all of them have."""

    vectors: np.ndarray
    kept: list[np.ndarray | None]
    tokens: int


class EmbeddingService(Threads):
    """Computes on this machine, even where the settings name a server: that is this one."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        settings = project.settings.embedding
        if settings.backend == "server":
            settings = settings.model_copy(update={"backend": "in_process"})
        self._embedder = Embedder(settings)
        self._is_warm = False

    @property
    def model(self) -> str:
        return self._embedder.settings.model

    def embed(self, texts: list[str], kind: Kind | None, keep: Keep) -> Vectors:
        """Texts with the prompt of their kind put before them; None: as they stand. In the thread
        of the caller. Raises `RequestInvalid` for a text that is too long."""
        work = self._embedder.work(kind or "document", keep)
        if kind is None:
            work = Work(work.kind, "", "nothing")
        counter = self._embedder.counter
        lengths = [len(ids) for ids in counter.tokens(work.prompt, texts)]
        longest = max(lengths, default=0)
        if longest > counter.max_tokens:
            raise RequestInvalid(
                f"Text {lengths.index(longest)} has {longest} tokens; the model takes "
                f"{counter.max_tokens}.",
                mend="Cut it smaller.",
            )
        vectors, kept = self._embedder.encode(texts, work)
        return Vectors(vectors, kept, sum(lengths))

    def require_model(self, fingerprint: str) -> None:
        """Raises `SettingsDiffer` unless the model is that of `fingerprint`."""
        if fingerprint != self._embedder.fingerprint:
            raise SettingsDiffer(
                "The server embeds with another model, revision, prompt or dimension.",
                mend="Give both the same `embedding` settings.",
            )

    def require_dimension(self, wanted: int | None) -> None:
        """Raises `RequestInvalid` for vectors of another length than the lake's."""
        if wanted is not None and wanted != self._embedder.dimension:
            raise RequestInvalid(
                f"Vectors have {self._embedder.dimension} numbers, not {wanted}.",
                mend="Leave out `dimensions`, or set embedding.dimension on the server.",
            )

    def gauges(self, caller: Caller) -> None:
        """It answers nothing of the lake."""

    def is_ready(self) -> bool:
        return self._is_warm

    def warm_up(self) -> None:
        """Load the model. Raises `ModelError`."""
        self._embedder.encode_documents([_WARMING])
        self._is_warm = True
