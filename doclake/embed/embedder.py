"""From texts to unit vectors: prompts, limits, batches and checks, whatever back end computes
them."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain

import numpy as np

from doclake import fingerprints
from doclake.embed.backends import registry
from doclake.embed.backends.base import Backend, Item, Keep, Kind, Work
from doclake.embed.backends.in_numpy import InNumpy
from doclake.embed.backends.in_process import InProcess
from doclake.embed.embedded import Embedded, Question
from doclake.embed.models.bundled import BUNDLED
from doclake.embed.models.resolve import resolve
from doclake.embed.models.source import ModelSource
from doclake.embed.pace import Pace
from doclake.embed.prepared import Prepared, keep
from doclake.embed.token_signs import token_mean
from doclake.embed.tokens import Span, TokenCounter
from doclake.errors import ModelError
from doclake.extras import install, is_there
from doclake.settings import EmbeddingSettings

Progress = Callable[[int, int], None]
FEW_TOKENS = 1_000
"""So many tokens of questions are embedded in numpy before torch would be imported."""
_log = logging.getLogger(__name__)


class Embedder:
    """The lake's embedding model. Nothing is loaded before the first vector is asked for. Threads
    may share it."""

    def __init__(self, settings: EmbeddingSettings) -> None:
        self.settings = settings
        self.fingerprint = fingerprints.model(settings)

    @cached_property
    def source(self) -> ModelSource:
        return resolve(self.settings)

    @cached_property
    def counter(self) -> TokenCounter:
        return TokenCounter(self.source)

    @cached_property
    def documents(self) -> Backend:
        if self.settings.backend == "in_process" and self._is_light and not is_there("torch"):
            _log.info("Embedding in numpy, which takes longer: %s for torch", install("torch"))
            return self._few
        return registry.of_documents(self.settings, self.source, self.fingerprint)

    @cached_property
    def questions(self) -> Backend:
        """As documents; but one question is no work for several workers."""
        if self.settings.backend in ("processes", "ray"):
            return InProcess(self.settings, self.source)
        return self.documents

    @cached_property
    def _few(self) -> InNumpy:
        return InNumpy(self.source)

    @property
    def dimension(self) -> int:
        return self.settings.dimension or self.documents.dimension

    def encode_documents(
        self, texts: Sequence[str], *, on_batch: Progress | None = None
    ) -> Embedded:
        """Unit vectors of texts to be found, in the order given, with the signs of their tokens if
        `embedding.late_interaction` asks for them.

        `on_batch(done, total)` is called after every batch. Raises `ModelError` for a text longer
        than the model's limit (nothing is ever cut) and for a vector that is zero or not finite.
        """
        prepared = self.prepared(texts, self.work("document", "signs"))
        (computed,) = self.computed([prepared], on_batch)
        return self.embedded(computed)

    def encode_queries(self, texts: Sequence[str]) -> list[Question]:
        """Questions, in the order given. One that is longer than the model takes is cut, with a
        warning: its beginning says what is asked."""
        work = self.work("query", "states")
        texts = [self._fitting(text) for text in texts]
        vectors, tokens = self.encode(texts, work)
        return [
            Question(vector)
            if states is None
            else Question(vector, self._without_mean(states), self._spans(text))
            for text, vector, states in zip(texts, vectors, tokens, strict=True)
        ]

    def _without_mean(self, states: np.ndarray) -> np.ndarray:
        """Of a text without tokens a server does not know how long their vectors would be."""
        return states - self.token_mean if len(states) else states

    def _spans(self, question: str) -> list[Span]:
        """Where each of its own tokens stands in a question."""
        ids, spans = self.counter.query_offsets(question)
        own = self._own(ids, self.counter.prompt_tokens(self.source.query_prompt))
        return [span for span, is_own in zip(spans, own, strict=True) if is_own]

    def encode(
        self, texts: Sequence[str], work: Work
    ) -> tuple[np.ndarray, list[np.ndarray | None]]:
        """Unit vectors, float32 [n, dimension], and what is kept of the own tokens of each text, in
        the order given. Raises what `encode_documents` does."""
        (computed,) = self.computed([self.prepared(texts, work)])
        return self._result(computed)

    def prepared(self, texts: Sequence[str], work: Work, first: int = 0) -> Prepared:
        """Texts with their tokens, for `computed`. The first has the place `first`. Raises
        `ModelError` for a text that is too long."""
        if not texts:
            return Prepared(first, [], work)
        tokens = self.counter.tokens(work.prompt, texts)
        self._refuse_long(list(map(len, tokens)))
        return Prepared(first, self._items(texts, tokens, work, first), work)

    def computed(
        self,
        groups: Iterable[Prepared],
        on_batch: Progress | None = None,
        pace: Pace | None = None,
    ) -> Iterator[Prepared]:
        """The groups with their outputs, in the order given. All are of one work, and places go up
        from group to group. A group is asked for as soon as the back end has room for its first
        batch, before the group ahead of it is done.

        `on_batch(done, total)` counts the texts of all groups that were asked for; `pace` is kept
        up to date.
        """
        coming = iter(groups)
        first = next(coming, None)
        if first is None:
            return
        backend = self._backend(first.work, first.tokens)
        waiting: deque[Prepared] = deque()
        done = total = 0

        def batches() -> Iterator[list[Item]]:
            nonlocal total
            for group in chain([first], coming):
                waiting.append(group)
                total += len(group.items)
                # Of no text, nobody asks which device there is: that imports torch.
                for batch in backend.batches(group.lengths, group.work) if group.items else ():
                    if pace and not pace.has_begun:
                        backend.ready()
                        pace.begin(self.source.folder)
                    yield [group.items[i] for i in batch]

        for part in backend.compute(batches(), first.work, lambda: self.token_mean):
            lengths = keep(part, waiting)
            done += len(part)
            if pace:
                pace.add(lengths)
            if on_batch:
                on_batch(done, total)
            while waiting and waiting[0].is_computed:
                yield waiting.popleft()
        yield from waiting  # those without texts

    def peak(self) -> float | None:
        """Operations a second that the device of documents reaches at best, measured now; None
        unless it is one device of this process."""
        return self.documents.peak if isinstance(self.documents, InProcess) else None

    def embedded(self, documents: Prepared) -> Embedded:
        """What came of computed documents. Raises `ModelError` for a vector that is none."""
        vectors, signs = self._result(documents)
        return Embedded(vectors, [None if one is None else one.tobytes() for one in signs])

    def _result(self, group: Prepared) -> tuple[np.ndarray, list[np.ndarray | None]]:
        if not group.items:
            return np.empty((0, self.dimension), np.float32), []
        vectors = self._checked(np.stack([vector for _, vector, _ in group.in_order()]))
        return vectors, [kept for _, _, kept in group.in_order()]

    def work(self, kind: Kind, keep: Keep) -> Work:
        """With the prompt for texts of this kind; without tokens, if the settings want none."""
        source = self.source
        prompt = source.query_prompt if kind == "query" else source.document_prompt
        return Work(kind, prompt, keep if self.settings.late_interaction else "nothing")

    def _backend(self, work: Work, tokens: int) -> Backend:
        """Numpy, where it has the vectors before the model is loaded."""
        named = self.questions if work.kind == "query" else self.documents
        is_few = tokens <= FEW_TOKENS if work.kind == "query" else work.keep == "states"
        return self._few if is_few and self._is_light and not named.has_model else named

    @cached_property
    def token_mean(self) -> np.ndarray:
        """The common part of the model's token vectors: float32 [d]."""
        return token_mean(self.fingerprint, self._states_of)

    def _states_of(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of all tokens of short texts: float32 [tokens, d]."""
        _, tokens = self.encode(texts, self.work("document", "states"))
        known = [states for states in tokens if states is not None]
        return np.concatenate(known) if known else np.zeros((1, 1), np.float32)

    def _items(
        self, texts: Sequence[str], tokens: Sequence[list[int]], work: Work, first: int
    ) -> list[Item]:
        """`tokens` are the ids of each text with its prompt."""
        prompt = self.counter.prompt_tokens(work.prompt)
        return [
            Item(place, text, ids, self._own(ids, prompt))
            for place, (text, ids) in enumerate(zip(texts, tokens, strict=True), first)
        ]

    def _own(self, ids: Sequence[int], prompt: int) -> np.ndarray:
        """Which tokens are those of the text itself, not of prompt and ends: bool [n]."""
        own = ~np.isin(ids, self.counter.special_tokens)
        own[np.flatnonzero(own)[:prompt]] = False
        return own

    def _fitting(self, question: str) -> str:
        question = question.encode("utf-8", "replace").decode()  # halves of characters
        fitting = self.counter.fitting_query(question)
        if len(fitting) < len(question):
            _log.warning(
                "A question of %d characters is cut to the first %d: %s takes %d tokens.",
                len(question),
                len(fitting),
                self.settings.model,
                self.source.max_tokens,
            )
        return fitting

    @property
    def _is_light(self) -> bool:
        """Whether numpy gives the vectors that the settings ask for."""
        settings = self.settings
        is_plain = settings.device in ("auto", "cpu") and settings.dtype in ("auto", "float32")
        return settings.model in BUNDLED and is_plain

    def _refuse_long(self, lengths: list[int]) -> None:
        longest = max(lengths, default=0)
        if longest > self.source.max_tokens:
            raise ModelError(
                f"A text of {longest} tokens is longer than the {self.source.max_tokens} "
                f"that {self.settings.model} takes.",
                mend="Chunks must be cut smaller: lower recipe.chunk.max_tokens.",
                tokens=longest,
                index=lengths.index(longest),
                limit=self.source.max_tokens,
            )

    def _checked(self, vectors: np.ndarray) -> np.ndarray:
        """Cut to `embedding.dimension`. Raises `ModelError` for vectors that are none."""
        wanted = self.settings.dimension
        if wanted is not None:
            if wanted > vectors.shape[1]:
                raise ModelError(
                    f"{self.settings.model} gives vectors of {vectors.shape[1]} numbers, fewer "
                    f"than {wanted}.",
                    mend="Lower embedding.dimension, or leave it out.",
                )
            vectors = vectors[:, :wanted]
            with np.errstate(invalid="ignore", divide="ignore"):
                vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        norms = np.linalg.norm(vectors, axis=1)
        wrong = ~(np.abs(norms - 1) < 1e-3)  # written so that NaN is wrong too
        if wrong.any():
            raise ModelError(
                f"{self.settings.model} gave {int(wrong.sum())} of {len(vectors)} vectors that are "
                "zero or not finite.",
                mend="Try embedding.dtype: float32; if that does not help, the model is damaged.",
                index=int(np.flatnonzero(wrong)[0]),
                count=int(wrong.sum()),
            )
        return vectors
