"""The rows a read or a write is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_LITERAL = re.compile(r"[A-Za-z0-9_.-]+")


def _literal(value: str) -> str:
    if not _LITERAL.fullmatch(value):
        raise ValueError(f"not an identifier: {value!r}")
    return f"'{value}'"


@dataclass(frozen=True)
class Scope:
    """The rows a read or a write is about. Only identifiers can stand in it, so it is safe as SQL.

    `source` and `buckets` pin partitions by literal; `where` adds `column IN (...)` for each item,
    `null` a `column IS NULL`.
    """

    source: str | None = None
    buckets: Sequence[str] = ()
    where: Mapping[str, Iterable[str]] = field(default_factory=dict)
    null: Sequence[str] = ()

    def sql(self) -> str:
        terms = [f"source = {_literal(self.source)}"] if self.source else []
        columns = ({"bucket": self.buckets} if self.buckets else {}) | dict(self.where)
        for column, values in columns.items():
            literals = ", ".join(map(_literal, values))
            terms.append(f"{column} IN ({literals})" if literals else "FALSE")
        terms += [f"{column} IS NULL" for column in self.null]
        return " AND ".join(terms)


EVERYTHING = Scope()
