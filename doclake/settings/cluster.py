"""Ray clusters: which one, and what an actor takes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from doclake.settings.fields import Duration, Model, Text


class RayCluster(Model):
    """A cluster, and how patiently a run waits for room on it."""

    address: Text | None = Field(
        None,
        description="Of a cluster that this machine is a node of: `auto`, or host:port of its head."
        " Without one, a cluster of this machine is started for the run",
    )
    wait: Duration = Field(
        timedelta(minutes=5), description="How long the run waits while no actor has a place"
    )


class RaySettings(RayCluster):
    """Where `processing.executor: ray` extracts. See [scale](scale.md)."""

    actors: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Most actors at once; without a number, as many as there are CPUs for"
    )
    num_cpus: int = Field(
        1, ge=1, description="CPUs that an actor takes, and documents that it parses at once"
    )
    resources: dict[str, float] = Field(
        default_factory=dict, description="Other resources that an actor takes, such as {big: 1}"
    )


class EmbeddingRaySettings(RayCluster):
    """Where `embedding.backend: ray` embeds. `address` and `wait` are those of `processing.ray`,
    unless they are given here: a run works on one cluster. See [embedding](embedding.md#ray)."""

    actors: Annotated[int, Field(ge=1)] | None = Field(
        None,
        description="Most actors at once; without a number, as many as there are GPUs for, or CPUs "
        "if they take no GPU",
    )
    num_cpus: int = Field(
        1, ge=0, description="CPUs that an actor takes, and threads of one without a GPU"
    )
    num_gpus: float = Field(
        0,
        ge=0,
        le=1,
        description="GPUs that an actor takes; below 1, several share one. 0: it computes "
        "on the processor",
    )
