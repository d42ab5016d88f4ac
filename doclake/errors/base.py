"""The base of all errors."""

from __future__ import annotations

from typing import Any, ClassVar

from doclake.secrets import redact, redact_all


class DoclakeError(Exception):
    """Base of all errors. `code` is stable; `mend` says what the reader can do about it.

    Messages of libraries repeat URLs and options, so no error keeps a secret: it may be logged,
    shown, stored in the ledger and sent to people.
    """

    code: ClassVar[str] = "doclake_error"

    def __init__(self, message: str, *, mend: str = "", **facts: Any) -> None:
        self.message = redact(message)
        self.mend = redact(mend)
        self.facts = redact_all(facts)
        super().__init__(self.message)

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """(key, found, expected) for each, where something that was given is wrong."""
        return list(self.facts.get("problems", []))

    def __str__(self) -> str:
        return f"{self.message} {self.mend}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors keep their fields across process borders (workers, Dagster steps).
        return _rebuild, (type(self), self.message, self.mend, self.facts)


def _rebuild(
    cls: type[DoclakeError], message: str, mend: str, facts: dict[str, Any]
) -> DoclakeError:
    error = cls.__new__(cls)
    DoclakeError.__init__(error, message, mend=mend, **facts)
    return error
