"""One root document and everything found inside it: attachments, members, embedded files.

Each document of the tree is a guarded task of its own; the limits on depth, count, size and time
hold for the whole tree.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path

from doclake import ids
from doclake.errors import DocumentError, LimitExceeded
from doclake.extract import format_versions
from doclake.extract.document import Document, ExtractedDocument, Identity, name_of
from doclake.extract.failure import failure_of
from doclake.extract.guard.guard import Guard, Task
from doclake.extract.guard.reply import Inner, Reply
from doclake.extract.limits import check_size
from doclake.extract.servers import transcription, vision
from doclake.servers.client import Servers
from doclake.settings import Limits

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class _Pending:
    """A document of the tree that waits for its turn. `depth` 0 is the root. One without a file
    has an `error`."""

    identity: Identity
    file: Path | None
    depth: int
    error: DocumentError | None = None
    shown: bool = False


class Tree:
    """Extracts one root and its descendants, breadth first.

    The calling thread extracts the root; `helpers` extract what is inside it, `ahead` at once.
    Helpers wait for nobody, so several trees may share them.
    """

    def __init__(
        self,
        root: Document,
        guard: Guard,
        servers: Servers,
        limits: Limits,
        helpers: Executor,
        ahead: int,
    ) -> None:
        self._root = root
        self._servers = servers
        self._guard = guard
        self._limits = limits
        self._helpers = helpers
        self._ahead = ahead
        self._waiting: deque[_Pending] = deque()
        self._entries = 0
        self._bytes = 0
        self._cpu_seconds = 0.0  # that descendants took
        self._deadline = float("inf")
        self._fingerprints = format_versions.fingerprints_of(root.recipe)
        self._paths = {root.path: 1}  # how many documents have had each path

    def extract(self, file: Path, identity: Identity) -> tuple[ExtractedDocument, ...]:
        """The root and its descendants. Consumes `file`, a private copy of the root's bytes."""
        pending = _Pending(identity, file, 0)
        done = [self._adopted(pending, self._run(pending))]
        seconds = self._limits.archive_seconds * self._limits.wall_clock_factor
        self._deadline = time.monotonic() + seconds
        done += self._descendants()
        return tuple(done)

    def _descendants(self) -> Iterator[ExtractedDocument]:
        begun: deque[tuple[_Pending, Future[Reply]]] = deque()
        while self._waiting or begun:
            while self._waiting and len(begun) < self._ahead:
                pending = self._waiting.popleft()
                begun.append((pending, self._helpers.submit(self._run, pending)))
            pending, future = begun.popleft()
            reply = future.result()
            self._cpu_seconds += reply.document.cpu_seconds
            yield self._adopted(pending, reply)

    def _run(self, pending: _Pending) -> Reply:
        root, identity, file = self._root, pending.identity, pending.file
        try:
            if pending.error:
                raise pending.error
            seconds = self._limits.archive_seconds
            if self._cpu_seconds >= seconds or time.monotonic() >= self._deadline:
                raise _beyond("archive_seconds", seconds, "seconds for one container")
            check_size(identity.size, self._limits)
        except DocumentError as refused:
            if file:
                file.unlink(missing_ok=True)
            recipe = self._fingerprints[None]
            error = failure_of(refused)
            return Reply(ExtractedDocument(**identity.facts(), recipe=recipe, error=error))
        assert file is not None
        return self._read(
            Task(
                file,
                name_of(identity.path),
                identity,
                root.recipe,
                self._fingerprints,
                self._limits,
                root.password,
                pending.shown,
            )
        )

    def _read(self, task: Task) -> Reply:
        """What a worker makes of a document, and the servers of its recipe."""
        if task.recipe.transcription.url and (kind := transcription.media_type(task.file)):
            return transcription.transcribed(task, kind, self._guard, self._servers)
        reply = self._guard.run(task)
        if not reply.pictures:
            return reply
        return vision.improved(reply, task, self._guard, self._servers)

    def _adopted(self, parent: _Pending, reply: Reply) -> ExtractedDocument:
        """Queue the children of a document, or fail it if they exceed a limit."""
        children = reply.children
        refused = self._refusal(parent, children) if children else None
        for child in children:
            if not refused:
                self._waiting.append(self._pending(parent, child))
            elif child.file:
                child.file.unlink()
        return reply.document.failed(refused) if refused else reply.document

    def _refusal(self, parent: _Pending, children: list[Inner]) -> DocumentError | None:
        limits = self._limits
        self._entries += len(children)
        self._bytes += sum(child.size for child in children)
        if parent.depth > limits.archive_depth:
            return _beyond("archive_depth", limits.archive_depth, "levels of containers")
        if self._entries > limits.archive_entries:
            return _beyond("archive_entries", limits.archive_entries, "documents in one container")
        if self._bytes > limits.archive_mb * _MIB:
            return _beyond("archive_mb", limits.archive_mb, "MB of documents in one container")
        return None

    def _pending(self, parent: _Pending, child: Inner) -> _Pending:
        root = self._root
        path = self._unique(ids.child_path(parent.identity.path, child.name or "unnamed"))
        identity = Identity(
            root.source,
            root.bucket,
            root.doc_id,
            ids.doc_id(root.source, path),
            parent.identity.doc_id,
            path,
            child.content_hash,
            child.size,
        )
        return _Pending(identity, child.file, parent.depth + 1, child.error, child.shown)

    def _unique(self, path: str) -> str:
        number = self._paths.get(path, 0) + 1
        while number > 1 and f"{path}#{number}" in self._paths:
            number += 1
        self._paths[path] = number
        if number == 1:
            return path
        self._paths[f"{path}#{number}"] = 1
        return f"{path}#{number}"


def _beyond(limit: str, allowed: float, what: str) -> LimitExceeded:
    return LimitExceeded(f"More than {allowed:g} {what}.", limit=limit)
