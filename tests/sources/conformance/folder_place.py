"""A folder as a place: read where it is, or served by a program of the test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml

from doclake.sources.conformance import Place
from tests.sources.places import unprivileged


class FolderPlace(Place):
    settings: Mapping[str, Any] = {"access_from": ["sidecar"]}

    def __init__(self, root: Path, exits: ExitStack) -> None:
        self.root, self.url = root, str(root)
        self._exits = exits
        root.mkdir()

    def put(self, name: str, text: str) -> str:
        file = self.root / f"{name}.txt"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        return f"{name}.txt"

    def remove(self, path: str) -> None:
        (self.root / path).unlink()

    def move(self, path: str, name: str) -> str:
        (self.root / path).rename(self.root / f"{name}.txt")
        return f"{name}.txt"

    def restrict(self, path: str, readers: Sequence[str] | None) -> None:
        said = "allow: {" if readers is None else yaml.safe_dump({"allow": [*readers]})
        (self.root / f"{path}.access.yaml").write_text(said)

    def hide(self, path: str) -> None:
        self._shut((self.root / path).parent)

    def lock(self) -> None:
        self._shut(self.root)

    def _shut(self, folder: Path) -> None:
        """Root would read it all the same."""
        folder.chmod(0)
        self._exits.callback(folder.chmod, 0o755)
        self._exits.enter_context(unprivileged())

    def vanish(self) -> None:
        shutil.rmtree(self.root)


class SlowClockPlace(FolderPlace):
    """One whose server tells times in seconds: each edit comes a second after the last."""

    _time = 1_790_000_000

    def put(self, name: str, text: str) -> str:
        path = super().put(name, text)
        self._time += 1
        os.utime(self.root / path, (self._time, self._time))
        return path
