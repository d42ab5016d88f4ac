"""What tests of settings write, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doclake import settings
from doclake.errors import SettingsError

Config = Callable[..., Path]
"""Writes a doclake.yaml: the fixture `config`."""


def with_source(**keys: Any) -> dict[str, Any]:
    return {"sources": {"docs": {"url": "docs", **keys}}}


def problem(file: Path) -> tuple[str, str, str]:
    with pytest.raises(SettingsError) as error:
        settings.load(file)
    (only,) = error.value.problems
    _, found, expected = only
    assert str(file) in str(error.value)
    assert f"{found}; expected: {expected}" in str(error.value)
    return only
