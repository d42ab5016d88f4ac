"""From texts to unit vectors: by `PackedBert` if it knows the model, else by sentence-transformers;
in numpy for a few questions."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import numpy as np

from doclake import fingerprints
from doclake.embed.backends.devices import choose_device, choose_dtype
from doclake.embed.backends.loading import load
from doclake.embed.backends.numpy_bert import NumpyBert
from doclake.embed.backends.packed_bert import PackedBert, pooling_of
from doclake.embed.backends.sentence_model import SentenceModel
from doclake.embed.backends.threads import one_thread
from doclake.embed.embedded import Embedded, Question
from doclake.embed.models.bundled import BUNDLED
from doclake.embed.models.resolve import resolve
from doclake.embed.models.source import ModelSource
from doclake.embed.token_batches import pack
from doclake.embed.token_signs import packed_signs, token_mean
from doclake.embed.tokens import Span, TokenCounter
from doclake.errors import ModelError
from doclake.settings import EmbeddingSettings

Progress = Callable[[int, int], None]
_Output = tuple[int, np.ndarray, np.ndarray | None]
"""Of one text: its place, its unit vector, and the vectors or signs of its own tokens, if the
settings ask for them."""
FEW_TOKENS = 1_000
"""So many tokens of questions are embedded in numpy before torch would be imported."""
_log = logging.getLogger(__name__)


class Embedder:
    """The lake's embedding model. Nothing is loaded before the first vector is asked for.

    Threads may encode questions at the same time, but not documents: give each its own.
    """

    def __init__(self, settings: EmbeddingSettings, on_batch: Progress | None = None) -> None:
        self.settings = settings
        self.fingerprint = fingerprints.model(settings)
        self.on_batch = on_batch
        self._batch_tokens = settings.batch_tokens
        self._turn = threading.Lock()

    @cached_property
    def source(self) -> ModelSource:
        return resolve(self.settings)

    @cached_property
    def counter(self) -> TokenCounter:
        return TokenCounter(self.source)

    @cached_property
    def device(self) -> str:
        return choose_device(self.settings.device)

    @cached_property
    def dtype(self) -> str:
        """Name of the chosen type: float32, bfloat16 or float16."""
        return choose_dtype(self.settings.dtype, self.device, packed=self._is_packed)

    @property
    def dimension(self) -> int:
        return self.model.dimension

    def encode_documents(
        self, texts: Sequence[str], *, on_batch: Progress | None = None
    ) -> Embedded:
        """Unit vectors of texts to be found, in the order given, with the signs of their tokens if
        `embedding.late_interaction` asks for them.

        `on_batch(done, total)` is called after every forward pass. Raises `ModelError` for a text
        longer than the model's limit (nothing is ever cut) and for a vector that is zero or not
        finite.
        """
        prompt = self.source.document_prompt
        ids = self.counter.tokens(prompt, texts)
        mean = self.token_mean if self._keeps_tokens else None
        embedded = Embedded.empty(len(texts), self.dimension)
        for place, vector, kept in self._encode(texts, ids, prompt, mean, on_batch):
            embedded.vectors[place] = vector
            embedded.signs[place] = None if kept is None else kept.tobytes()
        self._check(embedded.vectors)
        return embedded

    def encode_queries(self, texts: Sequence[str]) -> list[Question]:
        """Questions, in the order given. One that is longer than the model takes is cut, with a
        warning: its beginning says what is asked."""
        texts = [self._fitting(text) for text in texts]
        tokens = self.counter.query_tokens(texts)
        prompt = self.source.query_prompt
        if self._in_numpy(sum(map(len, tokens))):
            outputs = list(self._in_few(tokens, prompt))
        else:
            with self._turn:  # a tokenizer that pads is no place for two threads
                outputs = list(self._encode(texts, tokens, prompt))
        questions = {
            place: Question(vector)
            if states is None
            else Question(vector, states - self.token_mean, self._spans(texts[place]))
            for place, vector, states in outputs
        }
        if questions:
            self._check(np.stack([question.vector for question in questions.values()]))
        return [questions[place] for place in range(len(texts))]

    def _spans(self, question: str) -> list[Span]:
        """Where each of its own tokens stands in a question."""
        ids, spans = self.counter.query_offsets(question)
        own = self._own_tokens(ids, self.source.query_prompt)
        return [span for span, is_own in zip(spans, own, strict=True) if is_own]

    @cached_property
    def token_mean(self) -> np.ndarray:
        """The common part of the model's token vectors: float32 [dimension]."""
        return token_mean(self.fingerprint, self._states_of)

    def _states_of(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of all tokens of short texts: float32 [tokens, dimension]."""
        prompt = self.source.document_prompt
        tokens = self.counter.tokens(prompt, texts)
        if self._is_light and "model" not in vars(self):
            outputs = self._in_few(tokens, prompt)
        else:
            outputs = self._encode(texts, tokens, prompt)
        return np.concatenate([states for _, _, states in outputs if states is not None])

    def _in_few(self, tokens: Sequence[list[int]], prompt: str) -> Iterator[_Output]:
        """In numpy, text by text."""
        for place, ids in enumerate(tokens):
            with one_thread():
                states = self._numpy_bert.states(ids)
            own = states[self._own_tokens(ids, prompt)] if self._keeps_tokens else None
            yield place, self._numpy_bert.pooled(states), own

    def _own_tokens(self, ids: Sequence[int], prompt: str) -> np.ndarray:
        """Which tokens are those of the text itself, not of prompt and ends: bool [n]."""
        own = ~np.isin(ids, self.counter.special_tokens)
        own[np.flatnonzero(own)[: self.counter.prompt_tokens(prompt)]] = False
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

    @cached_property
    def model(self) -> PackedBert | SentenceModel:
        """The loaded model. Raises `ModelError` if its files are not right."""
        self.source.verify()
        name, folder = self.settings.model, str(self.source.folder)
        return load(name, folder, self.device, self.dtype, packed=self._is_packed)

    @cached_property
    def _is_packed(self) -> bool:
        return pooling_of(self.source.folder) is not None

    def _in_numpy(self, tokens: int) -> bool:
        """Whether numpy embeds so few tokens faster than the model loads."""
        return self._is_light and "model" not in vars(self) and 0 < tokens <= FEW_TOKENS

    @property
    def _is_light(self) -> bool:
        """Whether numpy gives the vectors that the settings ask for."""
        settings = self.settings
        is_plain = settings.device in ("auto", "cpu") and settings.dtype in ("auto", "float32")
        return settings.model in BUNDLED and is_plain

    @property
    def _keeps_tokens(self) -> bool:
        return self.settings.late_interaction

    @cached_property
    def _numpy_bert(self) -> NumpyBert:
        self.source.verify()
        return NumpyBert(self.source.folder)

    def _encode(
        self,
        texts: Sequence[str],
        tokens: Sequence[list[int]],
        prompt: str,
        mean: np.ndarray | None = None,
        on_batch: Progress | None = None,
    ) -> Iterator[_Output]:
        """Batch by batch, in no particular order. `tokens` are the ids of each text with its
        prompt; with a `mean`, outputs hold the signs of token vectors without it."""
        lengths = list(map(len, tokens))
        self._refuse_long(lengths)
        on_batch = on_batch or self.on_batch
        waiting = list(pack(lengths, self._batch_tokens))[::-1]
        done = 0
        while waiting:
            batch = waiting.pop()
            ids = [tokens[i] for i in batch]
            try:
                vectors, states = self._forward([prompt + texts[i] for i in batch], ids, mean)
            except Exception as error:
                if not _is_out_of_memory(error) or len(batch) == 1:
                    raise
                waiting += self._halve(batch, lengths)
                continue
            own = self._own(ids, states, prompt)
            yield from zip(batch, vectors, own, strict=True)
            done += len(batch)
            if on_batch:
                on_batch(done, len(texts))

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

    def _forward(
        self, texts: list[str], tokens: list[list[int]], mean: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Of one batch the unit vectors, and the vectors or signs of all tokens, end to end."""
        model = self.model
        vectors, states = model(tokens) if isinstance(model, PackedBert) else model(texts, tokens)
        if states is None or not self._keeps_tokens:
            return vectors.cpu().numpy(), None
        kept = states if mean is None else packed_signs(states, mean)
        return vectors.cpu().numpy(), kept.cpu().numpy()

    def _own(
        self, tokens: list[list[int]], states: np.ndarray | None, prompt: str
    ) -> Iterator[np.ndarray | None]:
        """For each text, those of its own tokens."""
        start = 0
        for ids in tokens:
            end = start + len(ids)
            yield None if states is None else states[start:end][self._own_tokens(ids, prompt)]
            start = end

    def _halve(self, batch: list[int], lengths: list[int]) -> list[list[int]]:
        """The device is full: the two halves of the batch, and smaller batches from now on."""
        import torch

        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        cost = lengths[batch[0]] * len(batch)
        self._batch_tokens = max(64, min(self._batch_tokens, cost) // 2)
        _log.warning("Out of device memory: going on with %d tokens a batch", self._batch_tokens)
        middle = (len(batch) + 1) // 2
        return [batch[middle:], batch[:middle]]

    def _check(self, vectors: np.ndarray) -> None:
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


def _is_out_of_memory(error: Exception) -> bool:
    import torch

    return isinstance(error, torch.OutOfMemoryError)
