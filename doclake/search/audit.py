"""What searches gave, in the table `audit`: who asked, when, how many rows of which source.

A commit takes longer than a search. So rows wait in memory, and are written together: some seconds
after the first of them, when there are many, and when the process ends by itself. A search never
waits for that and never fails by it.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import uuid4

from doclake.errors.foreign import in_words
from doclake.lake import audit
from doclake.lake.lake import Lake
from doclake.personal.policy import Policy
from doclake.project import Project
from doclake.tables.audit import NO_SOURCE, NOT_KEPT, REFUSED_TOKEN, AuditRow

SECONDS = 30.0
"""After the first row that waits, all are written."""
ENOUGH = 1_000
"""So many rows are written at once."""
MOST = 50_000
"""So many wait at most, while the lake cannot be written."""
_ADDRESSES = 1_000
_LONGEST = 2_000  # letters of a question
_log = logging.getLogger(__name__)


def given(
    project: Project,
    action: str,
    sources: Iterable[str],
    principals: Sequence[str],
    *,
    question: str | None = None,
    subject_id: str | None = None,
) -> None:
    """That rows of these sources, one for each row, were given to the principals and `everyone`;
    one action may have found none. The settings say whether and what is kept of it."""
    kept = project.settings.search.audit
    if kept == "off":
        return
    asked = _without_personal_data(project, question) if question and kept == "queries" else None
    subject = subject_id or uuid4().hex
    counted = Counter(sources) or Counter({NO_SOURCE: 0})
    rows = [
        audit.row(action, source, subject, number, asked_as=principals, question=asked)
        for source, number in counted.items()
    ]
    _journal(project).add(rows)


def refused_token(project: Project, address: str) -> None:
    """That a request came from this address with a token that opens nothing."""
    if project.settings.search.audit != "off":
        _journal(project).add_refused(address)


def write() -> None:
    """Write what waits, of every lake of this process."""
    with _opening:
        journals = list(_journals.values())
    for journal in journals:
        journal.write()


def _without_personal_data(project: Project, question: str) -> str:
    """What the recipe of all sources replaces is masked: a question is text that people write."""
    actions = Policy(project.settings.recipe.personal_data.actions).only_replacing().actions
    masking = Policy(dict.fromkeys(actions, "mask"))
    return masking.treat(question[:_LONGEST]).text


class Journal:
    """The rows that wait for one lake."""

    def __init__(self, lake_url: str) -> None:
        self._lake = Lake(lake_url)  # of its own: that of searches may be kept open by a stage
        self._rows: list[AuditRow] = []
        self._refused: Counter[str] = Counter()
        self._not_kept = 0
        self._adding, self._writing = threading.Lock(), threading.Lock()
        self._timer: threading.Timer | None = None

    def add(self, rows: Sequence[AuditRow]) -> None:
        with self._adding:
            were = len(self._rows)
            self._rows += rows
            # While the lake cannot be written there are more, and not each of them asks for it.
            self._plan(0.0 if were < ENOUGH <= len(self._rows) else SECONDS)

    def add_refused(self, address: str) -> None:
        with self._adding:
            is_known = address in self._refused or len(self._refused) < _ADDRESSES
            self._refused[address if is_known else "other addresses"] += 1
            self._plan(SECONDS)

    def _plan(self, seconds: float) -> None:
        if self._timer is None or (seconds == 0.0 and self._timer.interval > 0.0):
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(seconds, self.write)
            self._timer.daemon = True  # `write` at the end of the process waits for one at work
            self._timer.start()

    def write(self) -> None:
        with self._writing:
            with self._adding:
                rows, self._rows = self._rows, []
                refused, self._refused = self._refused, Counter()
                not_kept, self._not_kept = self._not_kept, 0
                self._timer = None
            if not rows and not refused:
                return
            try:
                tables = map(self._lake.version, ("ledger", "memories"))
                if any(version is not None for version in tables):  # else the lake itself is gone
                    audit.add_asked(self._lake, [*rows, *_counted(refused, not_kept)])
            except Exception as error:  # whatever it is, searches go on
                _log.error("Searches are not audited now: %s", in_words(error))
                with self._adding:
                    every = rows + self._rows
                    self._rows = every[-MOST:]
                    self._refused.update(refused)
                    self._not_kept += not_kept + len(every) - len(self._rows)
                    self._plan(SECONDS)


def _counted(refused: Counter[str], not_kept: int) -> list[AuditRow]:
    rows = [
        audit.row(REFUSED_TOKEN, NO_SOURCE, None, number, by=address)
        for address, number in refused.items()
    ]
    return rows + ([audit.row(NOT_KEPT, NO_SOURCE, None, not_kept)] if not_kept else [])


def _write_at_the_end() -> None:
    """When the main thread has ended. At `atexit` it would be too late: no thread may start then,
    and a lease has one."""
    import concurrent.futures.thread  # noqa: F401 (locks import it, and it is too late for that, too)

    def wait() -> None:
        threading.main_thread().join()
        write()

    threading.Thread(target=wait, name="audit of searches").start()


_journals: dict[str, Journal] = {}
_opening = threading.Lock()


def _journal(project: Project) -> Journal:
    url = project.lake.url
    with _opening:
        if not _journals:
            _write_at_the_end()
        if url not in _journals:
            _journals[url] = Journal(url)
        return _journals[url]
