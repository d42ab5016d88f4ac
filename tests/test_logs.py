"""Whatever is logged in a process of Doclake holds no secret and nothing that a terminal obeys."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from doclake import logs


@pytest.fixture
def safe() -> Iterator[logging.Logger]:
    before = logging.getLogRecordFactory()
    logs.make_safe()
    logs.make_safe()
    yield logging.getLogger("somebody.else")
    logging.setLogRecordFactory(before)


def test_a_library_may_log_urls_and_names(
    safe: logging.Logger, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "hunter2hunter2")
    safe.warning("GET %s", "https://kim:hunter3@host/?sig=hunter4")
    safe.warning("retrying with hunter2hunter2 for \x1b[2Ja.pdf")
    assert "GET https://***@host/?sig=***" in caplog.text
    assert r"retrying with *** for \x1b[2Ja.pdf" in caplog.text


def test_the_traceback_of_a_logged_exception_holds_no_secret(
    safe: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        raise OSError("403 for https://host/?X-Amz-Signature=hunter2")
    except OSError:
        safe.exception("It failed")
    assert "OSError: 403 for https://host/?X-Amz-Signature=***" in caplog.text
    assert "Traceback" in caplog.text


def test_a_record_whose_arguments_do_not_fit_is_left_to_logging(safe: logging.Logger) -> None:
    record = safe.makeRecord("x", logging.INFO, "f", 1, "%d and %d", (1,), None)
    assert record.args == (1,)
