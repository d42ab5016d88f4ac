"""Remembering and correcting. No model writes, and none is asked what to write: only the vector is
computed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from doclake import clock, display, ids, language
from doclake.embed import Embedder
from doclake.errors import MemoryRefused
from doclake.injection.passage import judge_passage
from doclake.memory.caller import Caller
from doclake.memory.memory import Memory, Remembered
from doclake.memory.origins import is_readable
from doclake.memory.store import KEY, MemoryStore, changed, event, gone, shard, statement_of
from doclake.personal.policy import Policy
from doclake.project import Project
from doclake.tables.memories import (
    KINDS,
    SUPERSEDED,
    SUSPICIOUS,
    TIERS,
    TRUSTED,
    MemoryRow,
)
from doclake.tables.memory_events import REPEATED

MOST_LETTERS = 20_000


@dataclass(frozen=True)
class Statement:
    """What is to be remembered, as the caller says it."""

    text: str
    kind: str = "semantic"
    session: str | None = None
    subject: str | None = None
    access: Sequence[str] = ()
    pool: str | None = None
    importance: float = 0.5
    tier: str | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    expires_at: datetime | None = None
    origin: str | None = None
    origin_root: str | None = None
    method: str = "said"
    sources: Sequence[str] = field(default_factory=tuple)


def remember(
    project: Project,
    store: MemoryStore,
    caller: Caller,
    said: Statement,
    *,
    supersedes: Iterable[str] = (),
) -> Remembered:
    """Keep a statement. The same one is kept once, and counts as a use from then on; what it
    `supersedes` is retired in the same commit. Raises `MemoryRefused`, `MemoryGone` and, where
    that is retired already, `MemoryChanged`."""
    row = new_row(project, store.embedder(), caller, said)
    retired = frozenset(supersedes)
    outcome: list[tuple[MemoryRow, bool]] = []

    def change(rows: list[MemoryRow]) -> list[MemoryRow]:
        known = next((one for one in rows if _is_same(one, row)), None)
        kept = row if known is None else _used(known)
        outcome[:] = [(kept, known is None)]
        before = {one["memory_id"]: one for one in rows} | {kept["memory_id"]: kept}
        for memory_id in retired - {kept["memory_id"]}:
            old = before.get(memory_id)
            if old is None or not caller.may_change(old):
                raise gone(memory_id)
            if old["retired_at"] is not None:
                raise changed(old)
            before[memory_id] = superseded(old, kept)
        return list(before.values())

    store.update({row["statement_hash"], *map(statement_of, retired)}, change)
    ((kept, is_new),) = outcome
    memory_id, replaced = kept["memory_id"], sorted(retired - {kept["memory_id"]})
    store.note(
        [
            event("remembered" if is_new else REPEATED, caller.agent, memory_id),
            *(event("corrected", caller.agent, old, other_id=memory_id) for old in replaced),
        ]
    )
    return Remembered(Memory.of(kept), is_new)


def correct(
    project: Project,
    store: MemoryStore,
    caller: Caller,
    memory_id: str,
    text: str,
    *,
    since: datetime | None = None,
) -> Remembered:
    """Put another text in the place of a memory, which is recalled no more; `history` keeps it.
    `since` says from when on the new one is true, where the old one was true before."""
    old = next(iter(store.read([memory_id])), None)
    if old is None or not caller.may_change(old) or not is_readable(project, caller, old):
        raise gone(memory_id)
    said = Statement(
        text,
        kind=old["kind"],
        session=old["session"],
        subject=old["subject"],
        access=[name for name in old["access"] if name != f"agent:{old['agent']}"],
        importance=old["importance"],
        tier=old["tier"],
        valid_from=since,
        expires_at=old["expires_at"],
        method="corrected",
        sources=[memory_id],
    )
    owner = Caller(old["agent"], caller.asker, caller.is_operator)
    return remember(project, store, owner, said, supersedes=[memory_id])


def new_row(project: Project, embedder: Embedder, caller: Caller, said: Statement) -> MemoryRow:
    """The row of a statement, with its vector. Raises `MemoryRefused`."""
    text = _checked_text(project, said)
    readers = caller.readers(said.access, said.pool)
    _require_fits(embedder, text)
    embedded = embedder.encode_documents([text])
    now = clock.now()
    key = key_of(caller.agent, said, readers, text)
    threshold = project.settings.recipe.injection.threshold
    return {
        "shard": shard(key),
        "statement_hash": key,
        "memory_id": key + ids.digest("moment", key, now.isoformat(), size=4),
        "kind": said.kind,
        "text": text,
        "language": language.of(text),
        "agent": caller.agent,
        "session": said.session,
        "subject": said.subject,
        "access": readers,
        "tier": said.tier or ("working" if said.kind == "episodic" else "long_term"),
        "importance": said.importance,
        "uses": 0,
        "used_at": None,
        "counted_at": None,
        "valid_from": _utc("valid_from", said.valid_from),
        "valid_to": _utc("valid_to", said.valid_to),
        "recorded_at": now,
        "retired_at": None,
        "retired_as": None,
        "superseded_by": None,
        "sources": list(said.sources) or None,
        "origin": said.origin,
        "origin_root": said.origin_root,
        "method": said.method,
        "trust": SUSPICIOUS if judge_passage(text).score > threshold else TRUSTED,
        "expires_at": _utc("expires_at", said.expires_at),
        "revision": 1,
        "model": embedder.fingerprint,
        "vector": embedded.vectors[0].tolist(),
        "signs": embedded.signs[0],
    }


def key_of(agent: str, said: Statement, readers: Iterable[str], text: str) -> str:
    """What the same statement of one agent about one subject to the same readers has alike."""
    about = (agent, said.subject or "", said.kind, said.origin_root or "")
    return ids.digest("memory", *about, "\x1e".join(readers), plain(text), size=KEY // 2)


def plain(text: str) -> str:
    """A statement without what does not tell it from another: letter case, blanks, a full stop."""
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return folded.rstrip(" .!。…")


def superseded(old: MemoryRow, new: MemoryRow, retired_as: str = SUPERSEDED) -> MemoryRow:
    """The row that another one takes the place of; it was true until that one is."""
    return old | {
        "retired_at": new["recorded_at"] if new["revision"] == 1 else clock.now(),
        "retired_as": retired_as,
        "superseded_by": new["memory_id"],
        "valid_to": old["valid_to"] or new["valid_from"],
        "revision": old["revision"] + 1,
    }


def _is_same(one: MemoryRow, new: MemoryRow) -> bool:
    return (
        one["retired_at"] is None
        and one["statement_hash"] == new["statement_hash"]
        and plain(one["text"]) == plain(new["text"])
    )


def _used(row: MemoryRow) -> MemoryRow:
    return row | {"uses": row["uses"] + 1, "used_at": clock.now(), "revision": row["revision"] + 1}


def _checked_text(project: Project, said: Statement) -> str:
    """Without what personal data the recipe of all sources replaces."""
    for name, value, known in (("kind", said.kind, KINDS), ("tier", said.tier, TIERS)):
        if value is not None and value not in known:
            raise _refused(name, f"{name} is {ascii(value)[:40]}", f"Say {', '.join(known)}.")
    if not 0 <= said.importance <= 1:
        raise _refused("importance", f"importance is {said.importance}", "Say 0 to 1.")
    for line in (said.session, said.subject, said.origin):
        if line is not None and (display.shown(line) != line or not 0 < len(line) <= 500):
            raise _refused("name", "a session, a subject or an origin is no line", "Name it.")
    begins, ends = _utc("valid_from", said.valid_from), _utc("valid_to", said.valid_to)
    if begins and ends and begins >= ends:
        raise _refused("moment", "it ends before it begins", "Let valid_to be the later one.")
    text = unicodedata.normalize("NFC", said.text).strip()
    if display.shown_lines(text) != text:
        raise _refused("text", "the text holds control characters", "Leave them out.")
    if not plain(text):
        raise _refused("text", "the text is empty", "Say what is to be remembered.")
    if len(text) > MOST_LETTERS:
        raise _refused("length", f"the text has {len(text):,} letters", "Say it in parts.")
    return Policy.of(project.settings.recipe).treat(text).text


def _require_fits(embedder: Embedder, text: str) -> None:
    (tokens,) = embedder.counter.count([text])
    if tokens > embedder.counter.max_tokens:
        raise _refused(
            "length",
            f"the text has {tokens} tokens, and the model takes {embedder.counter.max_tokens}",
            "Say it in parts.",
        )


def _refused(rule: str, what: str, mend: str) -> MemoryRefused:
    return MemoryRefused(f"This is not remembered: {what}.", mend=mend, rule=rule)


def _utc(name: str, moment: datetime | None) -> datetime | None:
    try:
        return None if moment is None else clock.in_utc(moment)
    except ValueError as error:
        raise _refused("moment", f"{name} is {moment}", f"Give {error}.") from None
