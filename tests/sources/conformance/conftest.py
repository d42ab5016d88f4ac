"""Relays between a source and its server, ended with the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sources.conformance import failing


@pytest.fixture(autouse=True)
def _relays_end() -> Iterator[None]:
    yield
    failing.close_relays()
