"""Whether the Ray cluster that the settings name is there, is like this machine and has room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from doclake.cluster import nodes
from doclake.cluster.connection import Wanted, connected, require_ray
from doclake.cluster.versions import compare
from doclake.display import number_of
from doclake.embed.backends import actor as embedding
from doclake.embed.backends.ray_pool import cluster_of as embedding_cluster
from doclake.operate.check.result import Result, failed, ok, warning
from doclake.project import Project
from doclake.settings import Settings
from doclake.stages.executors import actor as extraction
from doclake.stages.executors.ray import cluster_of as extraction_cluster


@dataclass(frozen=True)
class _Use:
    """What is done on a cluster: the key of its settings, what an actor takes, and what must be
    the same there."""

    key: str
    cluster: Wanted
    takes: dict[str, float]
    versions: Callable[[], dict[str, str]]


def cluster(project: Project) -> Result:
    """Raises `ExecutorUnavailable`."""
    uses = _uses(project.settings)
    if not uses:
        return ok("not needed: nothing is done on Ray")
    if len({use.cluster.address for use in uses}) > 1:
        return failed(
            f"{' and '.join(use.key for use in uses)} name two clusters",
            "Give both the same address: a run works on one.",
        )
    require_ray()
    first = uses[0].cluster
    if first.address is None:
        return ok(f"a run starts a cluster of this machine, with {first.cpus} CPUs; none was tried")
    with connected(first):
        return _found(uses)


def _uses(settings: Settings) -> list[_Use]:
    uses = []
    if settings.processing.executor == "ray":
        ray = settings.processing.ray
        takes = {"CPU": float(ray.num_cpus), **ray.resources}
        where = extraction_cluster(settings.processing)
        uses.append(_Use("processing.ray", where, takes, extraction.versions))
    if settings.embedding.backend == "ray":
        own = settings.embedding.ray
        takes = {"CPU": float(own.num_cpus), "GPU": own.num_gpus}
        uses.append(_Use("embedding.ray", embedding_cluster(own), takes, embedding.versions))
    return uses


def _found(uses: list[_Use]) -> Result:
    """Of the cluster that this process is connected to."""
    living = nodes.living()
    working = [node for node in living if node.holds({"CPU": 1}) or node.holds({"GPU": 1})]
    for use in uses:
        ours = use.versions()
        for theirs in nodes.ask(working, use.versions):
            compare(theirs, ours)
    cpus, gpus = (sum(node.resources.get(kind, 0) for node in living) for kind in ("CPU", "GPU"))
    number = number_of(len(living), "node")
    found = f"{number} with {cpus:g} CPUs and {gpus:g} GPUs, of the same versions"
    for use in uses:
        if not any(node.holds(use.takes) for node in living):
            actor = ", ".join(f"{count:g} {name}" for name, count in use.takes.items())
            return warning(
                f"{found}; none has room for an actor of {use.key}: {actor}",
                f"Add such a node, unless the cluster grows by itself, or correct {use.key}.",
            )
    return ok(found)
