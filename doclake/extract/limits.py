"""Checks on a file before a parser opens it: its size, and what a ZIP container declares.

Declared sizes can lie; the parser's memory, output and time limits catch what slips through here.
"""

from __future__ import annotations

from doclake.errors import DocumentEmpty, LimitExceeded
from doclake.extract.model import NeedsTime
from doclake.settings import Limits

MIB = 1 << 20


def check_size(size: int, limits: Limits) -> None:
    """Raises `DocumentEmpty` for no bytes and `LimitExceeded` beyond `file_mb`."""
    if size == 0:
        raise DocumentEmpty("The file has no bytes.", size=0)
    if size > limits.file_mb * MIB:
        raise LimitExceeded(
            f"It is {size / MIB:.0f} MB; {limits.file_mb} MB are allowed.",
            limit="file_mb",
            size=size,
        )


def check_scans(pages: int, limits: Limits) -> None:
    """Raises `NeedsTime` if the CPU time allowed does not suffice for this many scanned pages, and
    more may be granted."""
    needed = pages * limits.seconds_per_scanned_page
    if limits.timeout_seconds < min(needed, limits.scan_seconds):
        raise NeedsTime(pages)


def for_scans(limits: Limits, pages: int) -> Limits:
    """The limits of a document with this many scanned pages: an allowance for each, up to
    `scan_seconds` in all."""
    wanted = limits.timeout_seconds + pages * limits.seconds_per_scanned_page
    granted = max(limits.timeout_seconds, min(wanted, limits.scan_seconds))
    return limits.model_copy(update={"timeout_seconds": granted})
