"""`iceberg` names tables."""

from __future__ import annotations

import pytest

from doclake.errors import SettingsError
from doclake.settings import load
from doclake.tables.registry import TABLES


@pytest.mark.parametrize(
    ("given", "tables"),
    [
        ("", ()),
        ("iceberg: false", ()),
        ("iceberg: []", ()),
        ("iceberg: true", tuple(TABLES)),
        ("iceberg: [ledger, chunks]", ("ledger", "chunks")),
    ],
)
def test_it_is_off_all_tables_or_those_that_are_named(tmp_path, given, tables):
    (tmp_path / "doclake.yaml").write_text(f"{given}\n")
    assert load(tmp_path).iceberg_tables == tables


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ("iceberg: [chunk]", "iceberg"),
        ("iceberg: chunks", "iceberg"),
        ("exports: {iceberg: {}}", "exports"),
    ],
)
def test_what_names_no_table_is_told_by_its_key(tmp_path, given, key):
    (tmp_path / "doclake.yaml").write_text(f"{given}\n")
    with pytest.raises(SettingsError) as refused:
        load(tmp_path)
    assert all(place.startswith(key) for place, *_ in refused.value.problems)
