"""An actor as no node should have it."""

from __future__ import annotations

from dataclasses import replace

from doclake.embed.backends.actor import EmbeddingActor, Greeting


class OlderActor(EmbeddingActor):
    def greet(self) -> Greeting:
        greeting = super().greet()
        return replace(greeting, versions=greeting.versions | {"torch": "1.0"})
