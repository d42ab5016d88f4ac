"""The conversation of the page is held as it stands there."""

from __future__ import annotations

import pytest

from tests.docs.test_quickstarts import ROOT, hold


@pytest.mark.slow
def test_the_page_shows_what_its_agents_say(tmp_path):
    hold(ROOT / "docs" / "memory.md", tmp_path)
