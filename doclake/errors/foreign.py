"""What an error of a library says, for people: without names of classes and places in its code."""

from __future__ import annotations

import re

from doclake.secrets import redact

_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BACKTRACE = re.compile(r"(\n|\\n)\s+0: .*", re.DOTALL)
_CODE_PLACE = re.compile(r",? ?\S+\.(rs|py|cc|cpp|c):\d+(:\d+)?")
_CLASS = re.compile(r"\b[A-Z]\w*(Error|Exception)(\(\w+\))?: ")


def in_words(error: BaseException, told: str = "") -> str:
    """One line without secrets. `told` is what stands beside it: the file of an error of the system
    is only named if it does not. What says no sentence is told by its class, in words."""
    if isinstance(error, OSError) and error.strerror:
        file = "" if error.filename is None else redact(str(error.filename))
        return error.strerror if not file or file in told else f"{error.strerror}: {file}"
    said = _CLASS.sub("", _CODE_PLACE.sub("", _BACKTRACE.sub("", str(error))))
    said = redact(" ".join(said.split())).rstrip(".")
    if " " in said:
        return said
    kind = _BORDER.sub(" ", type(error).__name__).lower()
    return f"{kind}: {said}" if said else kind
