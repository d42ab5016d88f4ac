from __future__ import annotations

import pytest

from doclake.contracts import few_rows


@pytest.fixture(autouse=True, params=["few rows", "great expectations"])
def judge(request, monkeypatch):
    """A contract says the same of the same rows, whoever judges them."""
    if request.param == "great expectations":
        monkeypatch.setattr(few_rows, "FEW", 0)
        monkeypatch.setattr(few_rows, "AFFORDABLE", {})
    return request.param
