"""Actors as no node should have them."""

from __future__ import annotations

import os
import signal

from doclake.stages.executors.actor import ExtractingActor, Given, Sent


class DyingActor(ExtractingActor):
    """Dies of one document, wherever that comes."""

    def extract(self, batch: list[Sent]) -> list[Given]:
        if any(sent.path == "deadly.txt" for sent in batch):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().extract(batch)


class ForgetfulActor(ExtractingActor):
    """Raises for one document, and gives no outcome for another."""

    def extract(self, batch: list[Sent]) -> list[Given]:
        if any(sent.path == "garden.md" for sent in batch):
            raise RuntimeError("nobody foresaw this")
        given = super().extract(batch)
        return [one for sent, one in zip(batch, given, strict=True) if sent.path != "tools.txt"]


class OlderActor(ExtractingActor):
    def versions(self) -> dict[str, str]:
        return super().versions() | {"Python": "3.10", "doclake": "0.0.9"}
