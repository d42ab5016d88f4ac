"""What rules look at: shares of scripts, the shape of tables, distances of vectors."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from doclake.contracts import neighbours
from doclake.contracts.table_shape import Shape, shape
from doclake.contracts.text_features import TEXT_FEATURES


@pytest.fixture(autouse=True)
def judge() -> None:
    """Nothing is judged here."""


@pytest.mark.parametrize(
    ("feature", "text", "language", "expected"),
    [
        ("text_length", " 남쪽 담장 \n", None, 5),
        ("controls", "a\x00b\tc\x7f", None, 2),
        ("replaced_share", "a\ufffd\ufffdb", None, 0.5),
        ("letters_share", "ab 12", None, 0.5),
        ("letters_share", " \n", None, None),
        ("hangul_share", "토마토 abc 漢字漢字漢", None, 3 / 11),
        ("hangul_share", "123", None, None),
        ("latin_share", "Über 가나", None, 4 / 6),
        ("script_share", "南쪽 담장 ab", "ko", 4 / 6),
        ("script_share", "トマト育つ", "ja", 1.0),
        ("script_share", "pomodoro", "it", 1.0),
        ("script_share", "помидор ab", "ru", 7 / 9),
        ("script_share", "pomodoro", None, None),
    ],
)
def test_figures_of_texts(feature, text, language, expected):
    language_column = pa.array(["en", language, None], pa.string())
    rows = pa.table({"text": ["before", text, None], "language": language_column})
    measured = pa.table({"value": TEXT_FEATURES[feature](rows)})["value"].to_pylist()
    assert measured[1] == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<table></table>", Shape(0, 0, 0, 0, 0)),
        (
            "<table><caption>c</caption><tr><th>a</th><th>b</th></tr><tr><td>1</td></tr></table>",
            Shape(2, 2, 1, 3, 0),
        ),
        (
            '<table><tr><td colspan="2">a</td></tr><tr><td>1</td><td> <br></td></tr></table>',
            Shape(2, 2, 0, 3, 1),
        ),
        (
            '<table><tr><td rowspan="2">a</td><td>b</td></tr><tr><td>c</td></tr></table>',
            Shape(2, 2, 0, 3, 0),
        ),
        (
            '<table><tr><td>a</td><td rowspan="2">b</td></tr><tr></tr></table>',
            Shape(2, 2, 0, 2, 0),
        ),
    ],
)
def test_the_shape_of_a_table_follows_its_spans(html, expected):
    assert shape(html) == expected


def _unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("number", [40, 1_500])
def test_a_collapsed_model_is_told_by_the_share_of_equal_neighbours(number):
    apart = _unit(np.random.default_rng(1).normal(size=(number, 32)))
    assert neighbours.near_share(apart).max() == 0
    collapsed = _unit(np.ones((number, 32)) + apart * 0.001)
    assert neighbours.near_share(collapsed).min() == 1
    half = np.concatenate([apart[: number // 2], collapsed[: number // 2]])
    shares = neighbours.near_share(half)
    assert shares[: number // 2].max() == 0
    assert shares[number // 2 :].min() == pytest.approx(0.5, abs=0.02)
    assert np.isnan(neighbours.near_share(apart[:10])).all()


def test_the_nearest_distance_is_that_to_another_text():
    vectors = _unit(np.random.default_rng(2).normal(size=(1_100, 16)))
    vectors[1_050] = vectors[3]
    distances = neighbours.nearest_distance(vectors)
    cosines = vectors @ vectors.T - 2 * np.eye(len(vectors))
    assert distances == pytest.approx(1 - cosines.max(axis=1), abs=1e-6)
    assert distances[[3, 1_050]] == pytest.approx([0, 0], abs=1e-6)
    assert np.isnan(neighbours.nearest_distance(vectors[:1])).all()
