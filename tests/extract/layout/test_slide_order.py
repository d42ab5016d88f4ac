"""The reading order of shapes on slides."""

from __future__ import annotations

from doclake.extract.layout.slide_order import ordered

TOP, LEFT, RIGHT, BOTTOM = (
    (0.0, 0.0, 700.0, 50.0),
    (0.0, 100.0, 300.0, 400.0),
    (350.0, 100.0, 700.0, 400.0),
    (0.0, 450.0, 700.0, 500.0),
)


def test_rows_are_read_from_the_top_and_columns_from_the_left() -> None:
    shapes = [(BOTTOM, "bottom"), (RIGHT, "right"), (LEFT, "left"), (TOP, "top")]
    assert ordered(shapes) == ["top", "left", "right", "bottom"]


def test_a_column_is_read_to_its_end_before_the_next_where_no_white_crosses_both() -> None:
    upper, lower = (0.0, 100.0, 300.0, 240.0), (0.0, 260.0, 300.0, 400.0)
    shapes = [(RIGHT, "right"), (lower, "lower"), (upper, "upper")]
    assert ordered(shapes) == ["upper", "lower", "right"]


def test_a_shape_without_a_place_stays_behind_the_one_before_it() -> None:
    shapes = [(None, "first"), (BOTTOM, "bottom"), (None, "its note"), (TOP, "top")]
    assert ordered(shapes) == ["first", "top", "bottom", "its note"]


def test_shapes_that_lie_on_each_other_keep_their_order() -> None:
    shapes = [(TOP, "ground"), ((10.0, 10.0, 200.0, 40.0), "words on it")]
    assert ordered(shapes) == ["ground", "words on it"]


def test_on_a_slide_that_runs_leftwards_the_right_column_is_first() -> None:
    as_made = [(TOP, "top"), (RIGHT, "right"), (LEFT, "left"), (BOTTOM, "bottom")]
    expected = ["top", "right", "left", "bottom"]
    assert ordered(as_made, leftwards=True) == ordered(as_made[::-1], leftwards=True) == expected
