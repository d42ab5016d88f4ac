"""Any model that sentence-transformers loads, as it computes it itself: in padded batches."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from doclake import extras
from doclake.embed.models.hub import stay_offline
from doclake.errors import ModelError
from doclake.settings.embedding import is_hub_id

if TYPE_CHECKING:
    from torch import Tensor

_log = logging.getLogger(__name__)


class SentenceModel:
    """The model in a folder, on one device. Raises what its libraries raise for one they cannot
    load, `ModelError` for one that does not state its dimension."""

    def __init__(self, name: str, folder: str, device: str, dtype: str) -> None:
        stay_offline(name)
        extras.require("sentence_transformers", f"The model {name}")
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # loading the weights is too short to watch
        _log.info("Loading %s on %s in %s", name, device, dtype)
        model = SentenceTransformer(
            folder,
            device=device,
            local_files_only=not is_hub_id(name),
            model_kwargs={"dtype": getattr(torch, dtype)},
        )
        self.transformer: SentenceTransformer = model.eval()
        self._name, self._device = name, device
        dimension = self.transformer.get_embedding_dimension()
        if not dimension:
            raise ModelError(f"The model {name} does not state its dimension.")
        self.dimension = int(dimension)

    def __call__(
        self, texts: Sequence[str], tokens: Sequence[Sequence[int]]
    ) -> tuple[Tensor, Tensor | None]:
        """Unit vectors of texts with their prompt, [texts, d], and those of all their tokens end to
        end, [tokens, d], if the model has any. Raises `ModelError` if it sees others than
        `tokens`: a text was cut."""
        import torch
        from torch.nn.functional import normalize

        features = self.transformer.preprocess(list(texts))
        mask = features.get("attention_mask")
        has_tokens = mask is not None and mask.ndim == 2
        if has_tokens and mask.sum(1).tolist() != list(map(len, tokens)):
            raise ModelError(
                f"The tokenizer.json of {self._name} counts other tokens than the model itself "
                "sees.",
                mend="Save the model again with its fast tokenizer.",
                model=self._name,
            )
        with torch.inference_mode():
            on_device: dict[str, Any] = {
                name: value.to(self._device, non_blocking=True) if torch.is_tensor(value) else value
                for name, value in features.items()
            }
            output = self.transformer(on_device)
            vectors = normalize(output["sentence_embedding"].float(), dim=1)
            states = output.get("token_embeddings") if has_tokens else None
            if states is None or states.shape[:2] != mask.shape:
                return vectors, None
            return vectors, states[on_device["attention_mask"].bool()].float()
