"""What a statement of somebody asks for, read off its tree, before anything is looked up.

Only a question passes: one SELECT, of tables that are known, with no function that gives rows of
something else. The engine would refuse files too; this says so in words and knows what is needed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from doclake.errors import StatementRefused
from doclake.sql.engine import Engine

LONGEST = 100_000
"""Letters of a statement."""
_GIVES_ROWS = frozenset({"unnest", "range", "generate_series"})
_READS = frozenset({"BASE_TABLE", "TABLE_FUNCTION", "SHOW_REF"})
_MEND = "Ask with one SELECT, or WITH ... SELECT, over the tables and views of docs/tables.md."


@dataclass(frozen=True)
class Asked:
    """`tables` as their registry calls them. `words` holds every word of the statement, the names
    of its columns among them. With `is_whole` it asks for all columns, by `*` or by other ways."""

    tables: frozenset[str]
    words: frozenset[str]
    is_whole: bool
    calls: frozenset[str] = frozenset()
    """Functions, and words that may be one without brackets."""


def asked(engine: Engine, sql: str, known: Collection[str]) -> Asked:
    """What one SELECT asks for. Raises `StatementRefused` for anything else, and for a table that
    is not `known`."""
    if not sql.strip() or len(sql) > LONGEST:
        raise _refused(f"a statement of 1 to {LONGEST:,} letters is expected")
    kinds, tree = engine.parsed(sql)
    if len(kinds) != 1:
        raise _refused(f"one statement is expected, and not {len(kinds)}")
    if kinds != ["SELECT"]:
        raise _refused(f"{kinds[0]} does more than ask", statement=kinds[0])
    try:
        parsed = json.loads(tree)
    except RecursionError:
        raise _refused("it is nested too deeply") from None
    if parsed.get("error"):
        raise _refused(str(parsed.get("error_message", "it cannot be read")).rstrip(".!"))
    return _of_tree(parsed, known)


def _of_tree(tree: dict[str, Any], known: Collection[str]) -> Asked:
    nodes, words = list(_nodes(tree)), set[str]()
    named = {str(entry.get("key", "")).lower() for node in nodes for entry in _entries(node)}
    tables, aliases, is_whole = set[str](), set[str](), False
    for node in nodes:
        kind = _kind(node)
        words |= {value.lower() for value in _texts(node)}
        if kind in _READS:
            table = _read(node, named, known)
            tables |= {table} if table else set()
            aliases |= {str(node.get("alias") or table).lower()}
        is_whole |= kind in ("STAR", "COLUMNS") or node.get("ref_type") == "NATURAL"
    single = {
        str(node["column_names"][0]).lower()
        for node in nodes
        if _kind(node) == "COLUMN_REF" and len(node.get("column_names", ())) == 1
    }
    functions = {str(node["function_name"]).lower() for node in nodes if "function_name" in node}
    whole = is_whole or bool(single & aliases)
    return Asked(frozenset(tables), frozenset(words), whole, frozenset(functions | single))


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every mapping of the tree; no depth is too great for it."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _kind(node: dict[str, Any]) -> str | None:
    """Of a node; the type of a value is a mapping."""
    kind = node.get("type")
    return kind if isinstance(kind, str) else None


def _entries(node: dict[str, Any]) -> list[dict[str, Any]]:
    """The named queries (WITH) of a node."""
    entries = node.get("cte_map") or {}
    return list(entries.get("map", [])) if isinstance(entries, dict) else []


def _texts(node: dict[str, Any]) -> Iterator[str]:
    for value in node.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                yield one


def _read(node: dict[str, Any], named: Collection[str], known: Collection[str]) -> str | None:
    """The table that a node reads; None for what the statement itself makes."""
    if node["type"] == "SHOW_REF":
        raise _refused("DESCRIBE, SHOW and SUMMARIZE are no questions to a table")
    if node["type"] == "TABLE_FUNCTION":
        function = str(node.get("function", {}).get("function_name", "")).lower()
        if function not in _GIVES_ROWS:
            raise _refused(f"the function {function} reads something else", function=function)
        return None
    name = str(node.get("table_name", ""))
    if node.get("schema_name") or node.get("catalog_name"):
        raise _unknown(f"{node.get('schema_name')}.{name}", known)
    if name.lower() in known:
        return name.lower()
    if name.lower() in named:
        return None
    raise _unknown(name, known)


def _unknown(name: str, known: Collection[str]) -> StatementRefused:
    meant = get_close_matches(name.lower(), sorted(known), n=1)
    hint = f"; did you mean {meant[0]}?" if meant else "."
    return StatementRefused(
        f"There is no table {name!r} to ask{hint}",
        mend=f"One of {', '.join(sorted(known))}.",
        table=name,
    )


def _refused(why: str, **facts: Any) -> StatementRefused:
    return StatementRefused(f"The statement is refused: {why}.", mend=_MEND, **facts)


def condition(engine: Engine, sql: str, table: str) -> Asked:
    """As `asked`, of a SELECT whose WHERE alone is somebody's: it must read nothing but the row,
    and say the same each time. Raises `StatementRefused`."""
    found = asked(engine, sql, {table})
    (node,) = json.loads(engine.parsed(sql)[1])["statements"]
    outer = node["node"]
    inner = list(_nodes(outer.get("where_clause")))
    others = ("modifiers", "group_expressions", "having", "qualify", "sample")
    is_plain = outer.get("type") == "SELECT_NODE" and not any(map(outer.get, others))
    if not is_plain or any(_kind(one) == "SUBQUERY" or _kind(one) in _READS for one in inner):
        raise _refused("a condition over the columns of one row is expected")
    if found.is_whole:
        raise _refused("it names a whole row, which holds other columns at other times")
    if changing := sorted(found.calls & _changing(engine)):
        raise _refused(f"{', '.join(changing)} gives another answer another time")
    return found


def _changing(engine: Engine) -> set[str]:
    rows = engine.rows(
        "SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE stability IN "
        "('VOLATILE', 'CONSISTENT_WITHIN_QUERY')"
    )
    return {name for (name,) in rows}
