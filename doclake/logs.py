"""Log records without secrets and without what a terminal obeys, whoever writes them."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from doclake.display import shown_lines
from doclake.secrets import redact


def make_safe() -> None:
    """From now on, in the whole process. Libraries log URLs, at the level DEBUG all of them."""
    if getattr(logging.getLogRecordFactory(), "keeps_secrets", False):
        return
    make_record = logging.getLogRecordFactory()

    def safe_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make_record(*args, **kwargs)
        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # its arguments do not fit; logging itself says so
            return record
        record.msg, record.args = _safe(text), None
        if record.exc_info and record.exc_info[0]:
            record.exc_text = _safe("".join(traceback.format_exception(*record.exc_info)).rstrip())
        return record

    safe_record.keeps_secrets = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(safe_record)


def _safe(text: str) -> str:
    return shown_lines(redact(text))
