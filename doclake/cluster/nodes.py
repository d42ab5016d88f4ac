"""What the nodes of the cluster have that this process is connected to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from doclake.cluster.actors import cannot_begin
from doclake.errors import ExecutorUnavailable

_SECONDS = 60.0  # until each has started a process that answers


@dataclass(frozen=True)
class Node:
    """One that lives, with all that it has, in use or not: CPU, GPU and other resources."""

    name: str
    node_id: str
    resources: dict[str, float]

    def holds(self, wanted: dict[str, float]) -> bool:
        return all(self.resources.get(name, 0.0) >= count for name, count in wanted.items())


def living() -> list[Node]:
    import ray

    return [
        Node(node["NodeManagerHostname"], node["NodeID"], node["Resources"])
        for node in ray.nodes()
        if node["Alive"]
    ]


def ask(nodes: list[Node], question: Callable[[], dict[str, str]]) -> list[dict[str, str]]:
    """What the function says on each of these nodes. Raises `ExecutorUnavailable`, or an error of
    ours that it raised there."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    task = ray.remote(num_cpus=0, max_retries=0)(question)
    there = [NodeAffinitySchedulingStrategy(node.node_id, soft=False) for node in nodes]
    asked = [task.options(scheduling_strategy=each).remote() for each in there]
    try:
        told: list[dict[str, str]] = ray.get(asked, timeout=_SECONDS)
    except ray.exceptions.GetTimeoutError as error:
        raise ExecutorUnavailable(
            f"Not every node of the cluster gives an answer within {_SECONDS:.0f} s.",
            mend="`ray status` tells which nodes live; look into the logs of the others.",
        ) from error
    except ray.exceptions.RayError as error:
        raise cannot_begin(error) from error
    return told
