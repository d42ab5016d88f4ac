"""Trains an embedding model with sentence-transformers' own trainer.

Each question is told apart from the other passages of its batch and from its wrong ones
(`CachedMultipleNegativesRankingLoss`: the gradient of a whole batch in the memory of a few texts,
GradCache, arXiv:2101.06983). Prompts are those by which the model embeds. The vectors of single
tokens that it begins with stay: they are four fifths of the weights of a multilingual model, and
some hundred pairs name few of them.
"""

from __future__ import annotations

import json
import logging
import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doclake import extras
from doclake.embed.backends.devices import choose_device
from doclake.embed.models.hub import stay_offline
from doclake.embed.models.source import ModelSource
from doclake.errors import ModelError
from doclake.errors.foreign import in_words
from doclake.progress import Progress, Step
from doclake.settings import TuningSettings
from doclake.tune.examples import STAGE, Example

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_AT_ONCE = 4_096  # tokens that are computed together, padding included
_CHECKPOINT = "checkpoint-"
_log = logging.getLogger(__name__)


def require() -> None:
    """Raises `ExtraMissing` for a package that training needs."""
    for package in ("torch", "sentence_transformers", "accelerate", "datasets"):
        extras.require(package, "Tuning a model")


def train(
    base: ModelSource,
    examples: Sequence[Example],
    settings: TuningSettings,
    folder: Path,
    *,
    device: str,
    threads: int,
    progress: Progress,
) -> int:
    """Write the trained model to `folder/model`; returns the number of steps. Checkpoints stand in
    `folder`, and a training that was stopped goes on from the last one that is whole. Raises
    `ModelError`."""
    stay_offline("")  # it is here already, whatever its name
    device = choose_device(device)
    from transformers import PrinterCallback

    with _threads(threads), _quiet():
        try:
            model = _loaded(base, device)
            trainer = _trainer(model, base, examples, settings, folder, device, progress)
            trainer.remove_callback(PrinterCallback)  # it would print figures of its own
            checkpoint = _last_checkpoint(folder)
            if checkpoint:
                _log.info("Training goes on from %s", checkpoint.name)
            result = trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
            model.eval()
            model.save_pretrained(str(folder / "model"), create_model_card=False)
        except (OSError, RuntimeError, ValueError) as error:
            raise ModelError(
                f"{base.name} could not be trained: {in_words(error, str(folder))}.",
                mend="Free disk or memory, or lower tuning.batch_pairs; what was trained until the "
                "last checkpoint is kept.",
                folder=str(folder),
            ) from error
    return int(result.global_step)


def _loaded(base: ModelSource, device: str) -> SentenceTransformer:
    import torch
    from sentence_transformers import SentenceTransformer

    base.verify()
    model = SentenceTransformer(
        str(base.folder),
        device=device,
        local_files_only=True,
        model_kwargs={"dtype": torch.float32},
    )
    model.max_seq_length = base.max_tokens
    inner = getattr(model[0], "auto_model", None)
    if inner is not None:
        inner.get_input_embeddings().requires_grad_(False)
    return model


def _trainer(
    model: SentenceTransformer,
    base: ModelSource,
    examples: Sequence[Example],
    settings: TuningSettings,
    folder: Path,
    device: str,
    progress: Progress,
) -> Any:
    from sentence_transformers import SentenceTransformerTrainer
    from sentence_transformers.sentence_transformer.losses import (
        CachedMultipleNegativesRankingLoss,
    )

    class Trainer(SentenceTransformerTrainer):  # type: ignore[misc]  # without types
        """Writes no card: that of the library quotes texts that were learned."""

        def add_model_card_callback(self, *_: Any) -> None:
            pass

        def _save(self, output_dir: str | None = None, **_: Any) -> None:
            self.model.save_pretrained(output_dir, create_model_card=False)

    at_once = max(1, _AT_ONCE // base.max_tokens)
    return Trainer(
        model,
        args=_arguments(base, settings, folder, device),
        train_dataset=_dataset(examples, settings.seed),
        loss=CachedMultipleNegativesRankingLoss(model, mini_batch_size=at_once),
        callbacks=[_telling(progress)],
    )


def _arguments(base: ModelSource, settings: TuningSettings, folder: Path, device: str) -> Any:
    import torch
    from sentence_transformers import SentenceTransformerTrainingArguments
    from sentence_transformers.sentence_transformer.training_args import BatchSamplers

    is_cuda = device.startswith("cuda")
    if is_cuda:
        os.environ["ACCELERATE_TORCH_DEVICE"] = device  # read once, by the first that trains
    names = ["passage", *(f"wrong_{number}" for number in range(settings.negatives))]
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(folder),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_pairs,
        learning_rate=settings.learning_rate,
        warmup_steps=0.1,  # a share
        seed=settings.seed,
        batch_sampler=BatchSamplers.NO_DUPLICATES,  # else a right passage is a wrong one, too
        prompts={"question": base.query_prompt} | dict.fromkeys(names, base.document_prompt),
        use_cpu=device == "cpu",
        bf16=is_cuda and torch.cuda.is_bf16_supported(),
        dataloader_pin_memory=is_cuda,
        save_strategy="steps",
        save_steps=settings.checkpoint_steps,
        save_total_limit=2,  # one that is whole while the next is written
        logging_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
    if is_cuda:  # one device as the settings name it, and not all that there are
        vars(arguments)["_setup_devices"] = torch.device(device)
        arguments._n_gpu = 1
    return arguments


def _dataset(examples: Sequence[Example], seed: int) -> Any:
    from datasets import Dataset

    rows = list(examples)
    random.Random(seed).shuffle(rows)  # noqa: S311
    columns = {
        "question": [one.question.text for one in rows],
        "passage": [one.passage for one in rows],
    }
    for number in range(len(rows[0].wrong)):
        columns[f"wrong_{number}"] = [one.wrong[number][1] for one in rows]
    return Dataset.from_dict(columns)


def _telling(progress: Progress) -> Any:
    from transformers import TrainerCallback

    class Telling(TrainerCallback):  # type: ignore[misc]  # without types
        def on_step_end(self, *given: Any, **_: Any) -> None:
            _, state, _ = given
            progress(Step("", STAGE, state.global_step, state.max_steps, "batches"))

    return Telling()


def _last_checkpoint(folder: Path) -> Path | None:
    """The last that was written to its end: its state is written last."""
    found = {
        int(path.name.removeprefix(_CHECKPOINT)): path
        for path in folder.glob(f"{_CHECKPOINT}*")
        if path.name.removeprefix(_CHECKPOINT).isdecimal()
    }
    for step in sorted(found, reverse=True):
        try:
            if json.loads((found[step] / "trainer_state.json").read_text("utf-8")):
                return found[step]
        except (OSError, ValueError):
            continue
    return None


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """So many threads compute at most."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(min(count, before))
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the bars of the libraries, which would be mixed with ours, and without what they note
    about tokens that a model does not use."""
    from datasets.utils.logging import disable_progress_bar as no_dataset_bar
    from datasets.utils.logging import enable_progress_bar as dataset_bar
    from transformers.utils import logging as transformers_logging

    before = transformers_logging.get_verbosity()
    no_dataset_bar()
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    try:
        yield
    finally:
        transformers_logging.set_verbosity(before)
        transformers_logging.enable_progress_bar()
        dataset_bar()
