"""From texts to unit vectors: with sentence-transformers, or in numpy for a few questions."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from doclake import fingerprints
from doclake.embed.backends.devices import choose_device, choose_dtype
from doclake.embed.backends.loading import load
from doclake.embed.backends.numpy_bert import NumpyBert
from doclake.embed.backends.threads import one_thread
from doclake.embed.embedded import Embedded, Question
from doclake.embed.models.bundled import BUNDLED
from doclake.embed.models.resolve import resolve
from doclake.embed.models.source import ModelSource
from doclake.embed.token_batches import pack
from doclake.embed.token_signs import signs, token_mean
from doclake.embed.tokens import TokenCounter
from doclake.errors import ModelError
from doclake.settings import EmbeddingSettings

Progress = Callable[[int, int], None]
_Output = tuple[int, np.ndarray, np.ndarray | None]
"""Of one text: its place, its unit vector, the vectors of its own tokens if they are wanted."""
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
        return str(choose_dtype(self.settings.dtype, self.device)).removeprefix("torch.")

    @cached_property
    def dimension(self) -> int:
        dimension = self.model.get_embedding_dimension()
        if not dimension:
            raise ModelError(f"The model {self.settings.model} does not state its dimension.")
        return int(dimension)

    def encode_documents(
        self,
        texts: Sequence[str],
        *,
        tokens: Sequence[int] | None = None,
        on_batch: Progress | None = None,
    ) -> Embedded:
        """Unit vectors of texts to be found, in the order given, with the signs of their tokens if
        `embedding.late_interaction` asks for them.

        `tokens` are those of each text with prompt and special tokens; they are counted if not
        given. `on_batch(done, total)` is called after every forward pass. Raises `ModelError` for a
        text longer than the model's limit (nothing is ever cut), for a wrong count and for a vector
        that is zero or not finite.
        """
        lengths = self.counter.count(texts) if tokens is None else list(tokens)
        embedded = Embedded.empty(len(texts), self.dimension)
        prompt = self.source.document_prompt
        for place, vector, states in self._encode(texts, prompt, lengths, on_batch):
            embedded.vectors[place] = vector
            if states is not None:
                embedded.signs[place] = signs(states - self.token_mean)
        self._check(embedded.vectors)
        return embedded

    def encode_queries(self, texts: Sequence[str]) -> list[Question]:
        """Questions, in the order given. One that is longer than the model takes is cut, with a
        warning: its beginning says what is asked."""
        texts = [self._fitting(text) for text in texts]
        tokens = self.counter.query_tokens(texts)
        lengths = [len(ids) for ids in tokens]
        if self._in_numpy(sum(lengths)):
            outputs = list(self._in_few(tokens))
        else:
            with self._turn:  # a tokenizer that pads is no place for two threads
                outputs = list(self._encode(texts, self.source.query_prompt, lengths, None))
        questions = {
            place: Question(vector, None if states is None else states - self.token_mean)
            for place, vector, states in outputs
        }
        if questions:
            self._check(np.stack([question.vector for question in questions.values()]))
        return [questions[place] for place in range(len(texts))]

    @cached_property
    def token_mean(self) -> np.ndarray:
        """The common part of the model's token vectors: float32 [dimension]."""
        return token_mean(self.fingerprint, self._states_of)

    def _states_of(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of all tokens of short texts: float32 [tokens, dimension]."""
        prompt = self.source.document_prompt
        tokens = self.counter.document_tokens(texts)
        if self._is_light and "model" not in vars(self):
            outputs: Iterable[_Output] = self._in_few(tokens, prompt)
        else:
            outputs = self._encode(texts, prompt, [len(ids) for ids in tokens], None)
        return np.concatenate([states for _, _, states in outputs if states is not None])

    def _in_few(self, tokens: Sequence[list[int]], prompt: str | None = None) -> Iterator[_Output]:
        """In numpy, text by text."""
        prompt = self.source.query_prompt if prompt is None else prompt
        for place, ids in enumerate(tokens):
            with one_thread():
                states = self._numpy_bert.states(ids)
            own = states[self._own_tokens(np.array(ids), prompt)] if self._keeps_tokens else None
            yield place, self._numpy_bert.pooled(states), own

    def _own_tokens(self, ids: np.ndarray, prompt: str) -> np.ndarray:
        """Which tokens are those of the text itself, not of prompt, padding and ends: bool [n]."""
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
    def model(self) -> Any:
        """The loaded `SentenceTransformer`. Raises `ModelError` if its files are not right."""
        self.source.verify()
        return load(self.settings.model, str(self.source.folder), self.device, self.dtype)

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
        self, texts: Sequence[str], prompt: str, lengths: list[int], on_batch: Progress | None
    ) -> Iterator[_Output]:
        """Batch by batch, in no particular order."""
        self._refuse_long(lengths)
        on_batch = on_batch or self.on_batch
        waiting = list(pack(lengths, self._batch_tokens))[::-1]
        done = 0
        while waiting:
            batch = waiting.pop()
            try:
                outputs = self._forward(
                    [prompt + texts[i] for i in batch], prompt, [lengths[i] for i in batch]
                )
            except Exception as error:
                if not _is_out_of_memory(error) or len(batch) == 1:
                    raise
                waiting += self._halve(batch, lengths)
                continue
            for place, (vector, states) in zip(batch, outputs, strict=True):
                yield place, vector, states
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
        self, texts: list[str], prompt: str, lengths: list[int]
    ) -> list[tuple[np.ndarray, np.ndarray | None]]:
        """For each text of one batch its unit vector and the vectors of its own tokens."""
        import torch

        features = self.model.preprocess(texts)
        self._refuse_disagreement(features, lengths)
        with torch.inference_mode():
            on_device = {
                name: value.to(self.device, non_blocking=True) if torch.is_tensor(value) else value
                for name, value in features.items()
            }
            output = self.model(on_device)
            vectors = torch.nn.functional.normalize(output["sentence_embedding"].float(), dim=1)
            states = output.get("token_embeddings") if self._keeps_tokens else None
            if states is None or "input_ids" not in features:
                return [(vector, None) for vector in vectors.cpu().numpy()]
            states = states.float().cpu().numpy()
            ids = features["input_ids"].cpu().numpy()
            own = [self._own_tokens(row, prompt) for row in ids]
            rows = zip(vectors.cpu().numpy(), states, own, strict=True)
            return [(vector, tokens[chosen]) for vector, tokens, chosen in rows]

    def _refuse_disagreement(self, features: dict[str, Any], lengths: list[int]) -> None:
        """Raises `ModelError` if the model sees other tokens than the counter: a text was cut."""
        mask = features.get("attention_mask")
        if mask is not None and mask.ndim == 2 and mask.sum(1).tolist() != lengths:
            raise ModelError(
                f"The tokenizer.json of {self.settings.model} counts other tokens than the model "
                "itself sees.",
                mend="Save the model again with its fast tokenizer.",
                model=self.settings.model,
            )

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
