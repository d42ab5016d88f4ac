"""A folder of this machine, with sidecars."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from doclake.sources.conformance import Case, Place
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.folder_place import FolderPlace
from tests.sources.conformance.running import every_case, run


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
