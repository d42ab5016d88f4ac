"""From texts to unit vectors: with sentence-transformers, or in numpy for a few questions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from doclake import fingerprints
from doclake.embed.backends.devices import choose_device, choose_dtype
from doclake.embed.backends.numpy_bert import NumpyBert
from doclake.embed.models.bundled import BUNDLED
from doclake.embed.models.hub import stay_offline
from doclake.embed.models.resolve import resolve
from doclake.embed.models.source import ModelSource
from doclake.embed.token_batches import pack
from doclake.embed.tokens import TokenCounter
from doclake.errors import ModelError
from doclake.settings import EmbeddingSettings
from doclake.settings.embedding import is_hub_id

Progress = Callable[[int, int], None]
FEW_TOKENS = 1_000
"""So many tokens of questions are embedded in numpy before torch would be imported."""
_log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def _load(name: str, folder: str, device: str, dtype: str) -> Any:
    """The model, kept for the runs that follow in this process: loading takes seconds."""
    stay_offline(name)
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # loading the weights is too short to watch
    _log.info("Loading %s on %s in %s", name, device, dtype)
    try:
        model = SentenceTransformer(
            folder,
            device=device,
            local_files_only=not is_hub_id(name),
            model_kwargs={"dtype": getattr(torch, dtype)},
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(
            f"The model in {folder} cannot be loaded: {error}",
            mend="Check that the folder was saved by sentence-transformers.",
            folder=folder,
        ) from error
    return model.eval()


def release_model() -> None:
    """Give back the memory of the loaded model, unless an `Embedder` still holds it.

    glibc keeps freed memory for later; asked, it returns some 400 MB after embedding on a CPU.
    """
    import ctypes
    import gc

    _load.cache_clear()
    gc.collect()
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


class Embedder:
    """The lake's embedding model. Nothing is loaded before the first vector is asked for.

    Not safe for threads that encode at the same time: give each its own.
    """

    def __init__(self, settings: EmbeddingSettings, on_batch: Progress | None = None) -> None:
        self.settings = settings
        self.fingerprint = fingerprints.model(settings)
        self.on_batch = on_batch
        self._batch_tokens = settings.batch_tokens

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
    ) -> np.ndarray:
        """Unit vectors of texts to be found: float32 [n, dimension], in the order given.

        `tokens` are those of each text with prompt and special tokens; they are counted if not
        given. `on_batch(done, total)` is called after every forward pass. Raises `ModelError` for a
        text longer than the model's limit (nothing is ever cut), for a wrong count and for a vector
        that is zero or not finite.
        """
        lengths = self.counter.count(texts) if tokens is None else list(tokens)
        prompt = self.source.document_prompt
        return self._encode(texts, prompt, lengths, on_batch or self.on_batch)

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of questions: float32 [n, dimension], in the order given. A question that is
        longer than the model takes is cut, with a warning: its beginning says what is asked."""
        texts = [self._fitting(text) for text in texts]
        tokens = self.counter.query_tokens(texts)
        lengths = [len(ids) for ids in tokens]
        if not self._in_numpy(sum(lengths)):
            return self._encode(texts, self.source.query_prompt, lengths, None)
        return self._checked(self._numpy_bert.encode(tokens))

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
        return _load(self.settings.model, str(self.source.folder), self.device, self.dtype)

    def _in_numpy(self, tokens: int) -> bool:
        """Whether numpy embeds so few tokens faster than the model loads."""
        settings = self.settings
        is_plain = settings.device in ("auto", "cpu") and settings.dtype in ("auto", "float32")
        is_loaded = "model" in vars(self)
        return settings.model in BUNDLED and is_plain and not is_loaded and 0 < tokens <= FEW_TOKENS

    @cached_property
    def _numpy_bert(self) -> NumpyBert:
        self.source.verify()
        return NumpyBert(self.source.folder)

    def _encode(
        self, texts: Sequence[str], prompt: str, lengths: list[int], on_batch: Progress | None
    ) -> np.ndarray:
        self._refuse_long(lengths)
        vectors = np.full((len(texts), self.dimension), np.nan, np.float32)
        waiting = list(pack(lengths, self._batch_tokens))[::-1]
        done = 0
        while waiting:
            batch = waiting.pop()
            try:
                vectors[batch] = self._forward(
                    [prompt + texts[i] for i in batch], [lengths[i] for i in batch]
                )
            except Exception as error:
                if not _is_out_of_memory(error) or len(batch) == 1:
                    raise
                waiting += self._halve(batch, lengths)
                continue
            done += len(batch)
            if on_batch:
                on_batch(done, len(texts))
        return self._checked(vectors)

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

    def _forward(self, texts: list[str], lengths: list[int]) -> np.ndarray:
        """Unit vectors of one batch: float32 [n, dimension]."""
        import torch

        features = self.model.preprocess(texts)
        self._refuse_disagreement(features, lengths)
        with torch.inference_mode():
            on_device = {
                name: value.to(self.device, non_blocking=True) if torch.is_tensor(value) else value
                for name, value in features.items()
            }
            vectors = self.model(on_device)["sentence_embedding"].float()
            return torch.nn.functional.normalize(vectors, dim=1).cpu().numpy()

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

    def _checked(self, vectors: np.ndarray) -> np.ndarray:
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


def _is_out_of_memory(error: Exception) -> bool:
    import torch

    return isinstance(error, torch.OutOfMemoryError)
