"""A folder of this machine, with sidecars."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from doclake.sources.conformance import Case, Place
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.running import every_case, run
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


@pytest.fixture
def place(open_to_all: Path) -> Iterator[Place]:
    with ExitStack() as exits:
        yield FolderPlace(open_to_all / "docs", exits)


@every_case
def test_a_folder(case: Case, place: Place) -> None:
    run(case, place)


def test_documents_of_a_folder_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


def test_a_folder_that_cannot_be_listed_loses_nothing(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)
