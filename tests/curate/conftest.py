"""A small classifier, and the steps of curation made with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from doclake.curate.base import Step
from doclake.curate.classifier.model import GOOD, name_of
from doclake.curate.classifier.training import Example, trained
from doclake.curate.registry import STEPS

GOODS = ("The pump needs oil every week, says line {}.", "펌프에는 매주 기름이 필요하다, {}행.")
BADS = ("Buy now {} and win a prize today!!!", "지금 구매하고 경품 {}개를 받으세요!!!")


def examples(count: int = 6) -> list[Example]:
    """Texts in both languages, each pair of a document of its own."""
    pairs = ((GOODS, GOOD), (BADS, "advert"))
    return [
        Example(text.format(number), label, f"{label} {number}")
        for number in range(count)
        for texts, label in pairs
        for text in texts
    ]


@pytest.fixture(scope="session")
def classifier_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    content = trained(examples()).content()
    file: Path = tmp_path_factory.mktemp("classifiers") / name_of(content)
    file.write_bytes(content)
    return file


@pytest.fixture
def made(classifier_file: Path) -> Callable[[str], Step]:
    """The step of a name, as its settings are by themselves."""

    def make(name: str) -> Step:
        kind = STEPS[name]
        asked = {"model": str(classifier_file)} if name == "classifier" else {}
        return kind(kind.settings(**asked))

    return make
