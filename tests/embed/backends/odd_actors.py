"""Actors as no node should have them."""

from __future__ import annotations

from dataclasses import replace

from doclake.embed.backends.actor import EmbeddingActor, Greeting
from doclake.embed.backends.worker import Ready
from doclake.settings import EmbeddingSettings


class OlderActor(EmbeddingActor):
    def greet(self) -> Greeting:
        greeting = super().greet()
        return replace(greeting, versions=greeting.versions | {"torch": "1.0"})


class OtherModelActor(EmbeddingActor):
    """Has other files of the model that the settings name."""

    def load(self, settings: EmbeddingSettings, identity: str) -> Ready:
        return super().load(settings, f"{identity} of another commit")
