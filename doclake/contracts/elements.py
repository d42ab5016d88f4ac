"""The contract of the table `elements`.

What extraction may find in documents of all kinds is odd enough: only what identifies a row refuses
it. What its content looks like is told on the row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import pyarrow as pa
import pyarrow.compute as pc

from doclake.contracts.features import Measure, measured, of_column
from doclake.contracts.model import Decisions, Rule, Verdict
from doclake.contracts.quarantine import UNDECIDED, judge
from doclake.contracts.rule_set import (
    HEX_ID,
    IN_SET,
    MATCHES,
    SHIPPED,
    UNIQUE,
    warning,
    with_settings,
)
from doclake.contracts.table_shape import shape
from doclake.contracts.text_features import TEXT_FEATURES, share
from doclake.extract.model import ElementType
from doclake.settings.contracts import RuleSettings
from doclake.tables.rows import strings


def element_rules(settings: Mapping[str, RuleSettings] = SHIPPED) -> list[Rule]:
    """What must be true of every element before it is written."""
    return with_settings("elements", _shipped(), settings)


def _shipped() -> list[Rule]:
    types = {"value_set": list(get_args(ElementType))}
    return [
        Rule("element_id_is_unique", UNIQUE, "element_id"),
        Rule("element_id_is_well_formed", MATCHES, "element_id", {"regex": HEX_ID}),
        Rule("type_is_known", IN_SET, "type", types),
        warning("page_is_positive", "page", {"min_value": 1}),
        warning("text_has_no_controls", "controls", {"max_value": 0}),
        warning("text_is_legible", "replaced_share", {"max_value": 0.05}),
        warning("box_has_area", "box_area", {"min_value": 0.01}),
        warning("box_is_on_its_page", "box_margin", {"min_value": -1.0}),
        warning("table_has_cells", "table_rows", {"min_value": 1}),
        warning("table_is_even", "table_uneven_share", {"max_value": 0.5}),
        warning("ocr_is_confident", "confidence", {"min_value": 0.5}),
    ]


def validate_elements(
    table: pa.Table, rules: Sequence[Rule], decisions: Decisions = UNDECIDED
) -> Verdict:
    """Which rows of `ELEMENTS` may be written, and why the others may not."""
    features = measured(table, rules, _measures())
    return judge(table, features, rules, stage="elements", key="element_id", decisions=decisions)


def _measures() -> Mapping[str, Measure]:
    shapes: list[pa.Table] = []  # of the rows of this call: four features share them

    def of_shape(name: str) -> Measure:
        def column(table: pa.Table) -> Any:
            if not shapes:
                shapes.append(_shapes(table))
            return shapes[0][name]

        return column

    return {
        **TEXT_FEATURES,
        "element_id": lambda table: pc.fill_null(table["element_id"], ""),
        "type": of_column("type"),
        "language": of_column("language"),
        "method": of_column("method"),
        "page": of_column("page"),
        "confidence": of_column("confidence"),
        "box_area": _box_area,
        "box_margin": lambda table: pc.min_element_wise(
            _side(table, "x0"), _side(table, "y0"), skip_nulls=False
        ),
        **{
            name: of_shape(name)
            for name in ("table_rows", "table_columns", "table_uneven_share", "table_empty_share")
        },
    }


def _side(table: pa.Table, name: str) -> Any:
    return pc.struct_field(table["box"], name)


def _box_area(table: pa.Table) -> Any:
    """Zero also where the sides are the wrong way round."""
    width = pc.subtract(_side(table, "x1"), _side(table, "x0"))
    height = pc.subtract(_side(table, "y1"), _side(table, "y0"))
    zero = pa.scalar(0.0, pa.float32())
    widths, heights = (
        pc.max_element_wise(side, zero, skip_nulls=False) for side in (width, height)
    )
    return pc.multiply(widths, heights)


def _shapes(table: pa.Table) -> pa.Table:
    """Figures of the tables; null for other elements."""
    is_table = pc.and_(pc.equal(table["type"], "Table"), pc.is_valid(table["html"]))
    places = pc.indices_nonzero(pc.fill_null(is_table, False))
    found = [shape(html) for html in strings(table["html"].take(places))]
    index = pc.index_in(pa.array(range(table.num_rows), pa.uint64()), value_set=places)
    columns = {
        "table_rows": pa.array([one.rows for one in found], pa.int32()),
        "table_columns": pa.array([one.columns for one in found], pa.int32()),
        "table_uneven_share": share(
            pa.array([one.uneven for one in found], pa.int32()),
            pa.array([one.rows for one in found], pa.int32()),
        ),
        "table_empty_share": share(
            pa.array([one.empty for one in found], pa.int32()),
            pa.array([one.cells for one in found], pa.int32()),
        ),
    }
    return pa.table({name: pc.take(values, index) for name, values in columns.items()})
