"""What a kind of source takes, and what it refuses."""

from __future__ import annotations

import pytest

from doclake import settings
from doclake.errors import SettingsError
from tests.settings.written import Config, with_source


@pytest.mark.parametrize("scheme", ["http", "webdav", "HTTP"])
def test_a_password_over_an_open_line_wants_a_word(config: Config, scheme: str) -> None:
    url = f"{scheme}://wiki.example.com/docs"
    with pytest.raises(SettingsError, match=r"sources\.docs\.options\.user.*unencrypted: true"):
        settings.load(config(with_source(url=url, options={"user": "kim"})))
    settings.load(config(with_source(url=url, options={"user": "kim", "unencrypted": True})))
    settings.load(config(with_source(url=url)))
    settings.load(config(with_source(url=f"{scheme}s://x.example.com", options={"user": "kim"})))


def test_a_topic_takes_no_option_that_it_would_not_use(config: Config) -> None:
    with pytest.raises(SettingsError, match=r"sources\.docs\.options\.retries"):
        settings.load(config(with_source(url="kafka://here/docs", options={"retries": 5})))
    settings.load(config(with_source(url="kafka://here/docs", options={"timeout": "5s"})))
