"""Change events of a database in JSON, as Debezium writes them, with or without their schema: `op`,
and `after` with the row as it is now.

https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-events
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from doclake.sources.path_names import to_name

_OPERATIONS = frozenset("crud")  # create, read (of a snapshot), update, delete


class Malformed(Exception):
    """It is no change event, and why."""


def row_of(value: bytes) -> Mapping[str, Any] | None:
    """The row as an event leaves it; None where it deletes the row. Raises `Malformed`."""
    event = _payload(value)
    if not isinstance(event, dict) or event.get("op") not in _OPERATIONS:
        raise Malformed("no `op` of c, r, u or d")
    if event["op"] == "d":
        return None
    row = event.get("after")
    if not isinstance(row, dict):
        raise Malformed("no row in `after`")
    return row


def path_of(key: bytes) -> str:
    """The columns of a key, with `/` between several. Raises `Malformed`."""
    parts = _payload(key)
    values = list(parts.values()) if isinstance(parts, dict) else [parts]
    if not values or any(part is None or isinstance(part, list | dict) for part in values):
        raise Malformed("a key without a value")
    return "/".join(to_name(part if isinstance(part, str) else json.dumps(part)) for part in values)


def _payload(data: bytes) -> Any:
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Malformed("no JSON in UTF-8") from error
    return (
        told["payload"] if isinstance(told, dict) and {"schema", "payload"} == set(told) else told
    )
