"""Trains a model in a process of its own, slowly: `python training.py BASE FOLDER`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from doclake.embed.models.resolve import resolve
from doclake.evaluate.questions import Question
from doclake.progress import Step
from doclake.settings import EmbeddingSettings, TuningSettings
from doclake.tune.examples import Example
from doclake.tune.train import train

SETTINGS = TuningSettings(
    epochs=2, batch_pairs=4, checkpoint_steps=3, learning_rate=0.001, negatives=1
)
STEPS = 20


def examples() -> list[Example]:
    """40 pairs: 10 batches an epoch."""
    texts = [f"The door with number {n} has colour {n * 7}." for n in range(41)]
    return [
        Example(
            Question("notes", f"Of what colour is door {n}?", (f"{n}.txt",)),
            f"{n:032x}",
            f"{n:032x}",
            texts[n],
            ((f"{n + 1:032x}", texts[n + 1]),),
        )
        for n in range(40)
    ]


def trained(base: Path, folder: Path, pause: float = 0.0) -> list[Step]:
    """The steps that were told."""
    told: list[Step] = []

    def tell(step: Step) -> None:
        told.append(step)
        time.sleep(pause)

    folder.mkdir(parents=True, exist_ok=True)
    source = resolve(EmbeddingSettings(model=str(base)))
    train(source, examples(), SETTINGS, folder, device="cpu", threads=1, progress=tell)
    return told


if __name__ == "__main__":
    trained(Path(sys.argv[1]), Path(sys.argv[2]), pause=0.2)
