"""Whether a node of a cluster has the versions that this machine has."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from doclake import fingerprints
from doclake.errors import ExecutorUnavailable


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Of Python, Doclake and these packages, here. Of two builds of one version, such as that of
    torch for a GPU, it says the same."""
    facts = {"Python": ".".join(map(str, sys.version_info[:2]))}
    for name in ("doclake", *packages):
        facts[name] = fingerprints.version(name).partition("+")[0]
    return facts


def compare(theirs: dict[str, str], ours: dict[str, str]) -> None:
    """Raises `ExecutorUnavailable` if another place has other versions than this one: its rows
    would be others, and be made again in every run."""
    problems = [
        (name, theirs.get(name, "none"), ours.get(name, "none"))
        for name in ours.keys() | theirs.keys()
        if ours.get(name) != theirs.get(name)
    ]
    if problems:
        told = "; ".join(f"{name} {there} there, {here} here" for name, there, here in problems[:5])
        raise ExecutorUnavailable(
            f"A node of the cluster runs other versions: {told}.",
            mend="Install the same versions on every node and where the run is started, such as "
            "those of constraints.txt.",
            problems=sorted(problems),
        )
