"""Why a run failed, in the words of the error that failed it."""

from collections.abc import Iterable, Iterator
from typing import Any

import dagster as dg

from doclake.errors import DoclakeError


def cause_of(events: Iterable[dg.DagsterEvent]) -> str | None:
    """The code, the message and the mend of the first error among the events of a run; None if no
    event holds an error. An error that Doclake does not know is told by its type."""
    for event in events:
        error = getattr(event.event_specific_data, "error", None)
        if error is not None:
            return _told(error)
    return None


def _told(error: Any) -> str:
    chain = list(_chain(error))
    codes = _codes(DoclakeError)
    for each in chain:
        if each.cls_name in codes:
            return f"{codes[each.cls_name]}: {_message(each)}"
    # The outermost is Dagster's: that a step has failed.
    cause = chain[1] if len(chain) > 1 else chain[0]
    return f"{cause.cls_name}: {_message(cause)}"


def _chain(error: Any) -> Iterator[Any]:
    """The error, what caused it, what caused that ..."""
    while error is not None:
        yield error
        error = error.cause


def _message(error: Any) -> str:
    """Without the name of the class, which Dagster puts before it."""
    text = str(error.message).strip()
    name, colon, rest = text.partition(": ")
    return rest if colon and name.rpartition(".")[2] == error.cls_name else text


def _codes(base: type[DoclakeError]) -> dict[str, str]:
    """The code of every type of error, by the name of its class."""
    codes = {base.__name__: base.code}
    for derived in base.__subclasses__():
        codes |= _codes(derived)
    return codes
