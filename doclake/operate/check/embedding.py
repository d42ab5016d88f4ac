"""Whether the embedding model makes a vector here, or can be fetched."""

from __future__ import annotations

from doclake.embed import Embedder
from doclake.embed.models import hub
from doclake.operate.check.result import Result, failed, ok, warning
from doclake.project import Project
from doclake.settings.embedding import is_hub_id


def model(project: Project) -> Result:
    """Raises `ModelError`."""
    settings = project.settings.embedding
    name, revision = settings.model, settings.revision
    if is_hub_id(name) and hub.here(name, revision) is None:
        hub.require_on_hub(name, revision)
        return warning(
            f"{name} is on the hub and not on this machine yet",
            f"The first run fetches it. To do so now: hf download {name}",
        )
    embedder = Embedder(settings)
    (question,) = embedder.encode_queries(["Is the model there?"])
    most = embedder.source.max_tokens
    longest = max(
        (recipe.chunk.max_tokens, key)
        for key, recipe in (
            ("recipe", project.settings.recipe),
            *((f"sources.{n}.recipe", s.recipe) for n, s in project.settings.sources.items()),
        )
    )
    if longest[0] > most:
        return failed(
            f"{longest[1]}.chunk.max_tokens is {longest[0]}, and {name} takes {most}",
            f"Set {longest[1]}.chunk.max_tokens to {most} at most.",
        )
    if settings.backend == "server":
        length = embedder.encode_documents(["Is the server there?"]).vectors.shape[1]
        if length != len(question.vector):
            return failed(
                f"the server gives vectors of {length} numbers, and {name} has "
                f"{len(question.vector)}",
                "Correct embedding.server.model: it is the model that embedding.model names.",
            )
    return ok(f"{name} gives vectors of {len(question.vector)} numbers, for texts of {most} tokens")
