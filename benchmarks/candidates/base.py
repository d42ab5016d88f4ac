"""Libraries run against Doclake's own code, and the table of their results."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

OURS = "Doclake"
_IMPORT = """import sys, time
sys.path[:] = {!r}
started = time.process_time()
import {}
print(time.process_time() - started)"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """`call` does the task for one case; `module` is what it imports, "" for Doclake itself."""

    name: str
    module: str
    call: Callable[[Any], Any]

    @property
    def installed(self) -> bool:
        return not self.module or importlib.util.find_spec(self.module) is not None

    @property
    def title(self) -> str:
        try:
            return f"{self.name} {version(self.name)}"
        except PackageNotFoundError:
            return self.name


@dataclass(slots=True)
class Outcome:
    """The results of one candidate for one task: a list for each measure, one value a case."""

    scores: dict[str, list[float]] = field(default_factory=dict)
    failed: int = 0
    seconds: float = 0.0  # of CPU, the first case left out: it pays for imports

    def add(self, **scores: float) -> None:
        for name, value in scores.items():
            self.scores.setdefault(name, []).append(value)

    def cells(self) -> list[str]:
        count = max((len(values) for values in self.scores.values()), default=0)
        means = ", ".join(f"{n} {sum(v) / len(v):.3f}" for n, v in self.scores.items())
        return [
            str(count),
            means,
            str(self.failed),
            f"{1000 * self.seconds / max(count - 1, 1):.1f}",
        ]


class Board:
    """The table that is printed: a line for each task and candidate."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, str], Outcome] = {}
        self.modules: dict[str, str] = {}

    def run(
        self,
        task: str,
        candidates: list[Candidate],
        cases: list[tuple[Any, Any]],
        score: Callable[[Any, Any], dict[str, float]],
        nothing: Any = "",
    ) -> None:
        """Each candidate that is installed, on every case `(what it is given, truth)`. A crash
        counts as `nothing`."""
        for candidate in candidates:
            if not candidate.installed:
                print(f"{candidate.name} is not installed: left out", file=sys.stderr)
                continue
            outcome = self.lines.setdefault((task, candidate.title), Outcome())
            if candidate.module:
                self.modules[candidate.title] = candidate.module
            for place, (given, truth) in enumerate(cases):
                started = time.process_time()
                try:
                    got = candidate.call(given)
                except Exception as error:
                    print(f"{candidate.name}: {given}: {error!r}"[:200], file=sys.stderr)
                    got = nothing
                    outcome.failed += 1
                outcome.seconds += (time.process_time() - started) if place else 0
                outcome.add(**score(got, truth))

    def markdown(self) -> str:
        lines = ["| what | library | n | mean | failed | CPU ms each | import ms |"]
        lines.append("|---|---|---|---|---|---|---|")
        imports = {title: import_ms(module) for title, module in self.modules.items()}
        for (task, title), outcome in self.lines.items():
            cells = [task, title, *outcome.cells(), imports.get(title, "")]
            lines.append(f"| {' | '.join(cells)} |")
        return "\n".join(lines)


def import_ms(module: str) -> str:
    """CPU time of the first import in a new process."""
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT.format(sys.path, module)],
        capture_output=True,
        text=True,
        check=False,
    )
    return f"{1000 * float(done.stdout.split()[-1]):.0f}" if done.returncode == 0 else ""


def files(folder: Path, *suffixes: str) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix in suffixes)
