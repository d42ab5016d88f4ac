"""What an install weighs: all that Doclake needs, what each extra adds, the heaviest packages, and
what would go with each requirement.

python -m benchmarks.weight

The sizes are those of the files that pip wrote, in MB of 10^6 bytes; an environment with all extras
must be the one that runs it.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

HEAVIEST = 24
LIGHTEST = 10  # MB: what brings less alone is left out
UNUSED = {"numba", "llvmlite"}  # docs/install.md says how to take them away


def main() -> None:
    base = brought("doclake")
    print("| install | packages | MB |\n|---|---|---|")
    print(f"| `doclake` | {len(base)} | {_megabytes(base):,} |")
    for extra in sorted(distribution("doclake").metadata.get_all("Provides-Extra") or ()):
        added = brought(f"doclake[{extra}]") - base
        print(f"| `doclake[{extra}]` adds | {len(added)} | {_megabytes(added):,} |")
    print("\n| package | MB | in |\n|---|---|---|")
    every = sorted(brought("doclake[all]"), key=size, reverse=True)
    for name in every[:HEAVIEST]:
        print(f"| {name} | {_megabytes({name}):,} | {'doclake' if name in base else 'an extra'} |")

    print("\n| requirement | MB that it alone brings |\n|---|---|")
    for name, alone in sorted(alone_brought().items(), key=lambda item: -_megabytes(item[1])):
        if _megabytes(alone) >= LIGHTEST:
            print(f"| {name} | {_megabytes(alone):,} |")
    compiled = sum(map(compiled_size, base)) / 1e6
    print(f"\nOf these, {compiled:,.0f} MB are modules that pip compiled beforehand.")
    least = base - UNUSED
    smallest = _megabytes(least) - sum(map(compiled_size, least)) / 1e6
    print(f"Without them and without {' and '.join(sorted(UNUSED))}: {smallest:,.0f} MB.")


def alone_brought() -> dict[str, set[str]]:
    """For each requirement of Doclake without extras what would not be there without it."""
    found = distribution("doclake")
    needs = [Requirement(text) for text in found.requires or ()]
    names = [
        str(n).partition(";")[0] for n in needs if not n.marker or n.marker.evaluate({"extra": ""})
    ]
    whole = brought(*names)
    return {name: whole - brought(*(n for n in names if n != name)) for name in names}


def brought(*requirements: str) -> set[str]:
    """Names of the distributions that requirements bring, with all that these need."""
    waiting = [Requirement(text) for text in requirements]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        for extra in {"", *wanted.extras}:
            found = None if (name, extra) in seen else _installed(name)
            if found is None:
                continue
            seen.add((name, extra))
            needs = [Requirement(text) for text in found.requires or ()]
            waiting += [n for n in needs if not n.marker or n.marker.evaluate({"extra": extra})]
    return {name for name, _ in seen}


@cache
def size(name: str) -> int:
    """Bytes of the files of a distribution."""
    found = _installed(name)
    paths = [Path(str(file.locate())) for file in (found.files or ())] if found else []
    return sum(path.stat().st_size for path in paths if path.is_file())


@cache
def compiled_size(name: str) -> int:
    """Bytes of the files of a distribution that Python would make by itself."""
    found = _installed(name)
    paths = [Path(str(file.locate())) for file in (found.files or ())] if found else []
    return sum(path.stat().st_size for path in paths if path.suffix == ".pyc" and path.is_file())


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:  # of another system or another Python
        return None


def _megabytes(names: set[str]) -> int:
    return round(sum(map(size, names)) / 1e6)


if __name__ == "__main__":
    main()
