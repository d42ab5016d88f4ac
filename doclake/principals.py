"""Who belongs to which groups, as a file or a program of the settings says now.

A list of access may name a group, and an entry that denies may as well. So nobody's bare name
stands for him while it is not known to which groups he belongs: whoever asks then is told so.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from doclake import access, programs
from doclake.access import EVERYONE, Asker
from doclake.errors import GroupsUnknown
from doclake.settings import PrincipalSettings, Settings
from doclake.settings import problems as wrong
from doclake.settings.origin import Origin

MOST = 32_000_000
"""Bytes of a file or an answer, at most."""
_RETRY = 5.0  # seconds until a program that failed is asked again
_TOLD = 10  # problems
_MAPPING = "a mapping of each group to the list of its members"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Groups:
    """`above` names, for each member, the groups whose lists hold it."""

    above: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def asker(self, principals: Iterable[object]) -> Asker:
        """Raises `SettingsError` for a principal that is no name."""
        known, waiting = set[str](), [EVERYONE, *access.principals(principals)]
        while waiting:
            name = waiting.pop()
            if name not in known:  # else groups that hold one another would have no end
                known.add(name)
                waiting += self.above.get(name, ())
        return Asker(frozenset(known))

    @property
    def names(self) -> frozenset[str]:
        return frozenset[str]().union(*self.above.values())


class Directory:
    """The groups of the settings of a moment. Keeps what a file said while its content is the same,
    and what a program printed for as long as the settings allow. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: _Kept | None = None

    def groups(self, settings: Settings) -> Groups:
        """Raises `GroupsUnknown`."""
        section = settings.principals
        if not section.file and not section.command:
            return Groups()
        with self._lock:
            kept = self._kept
            if kept is None or kept.section != section or not kept.stands():
                kept = self._kept = _of_file(settings) if section.file else _of_program(settings)
        if isinstance(kept.found, GroupsUnknown):
            raise GroupsUnknown(kept.found.message, mend=kept.found.mend, **kept.found.facts)
        return kept.found


@dataclass(frozen=True)
class _Kept:
    section: PrincipalSettings
    stands: Callable[[], bool]
    found: Groups | GroupsUnknown


def _of_file(settings: Settings) -> _Kept:
    """Raises `GroupsUnknown` if it cannot be read."""
    section = settings.principals
    file = settings.local_path(section.file or "")
    assert file is not None  # the settings take no URL
    origin = Origin[None].of(lambda: [file], lambda: None)
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST + 1)
    except OSError as error:  # not kept: it may be mended without another content
        found = f"{file}: {error.strerror}"
        problem = ("principals.file", found, "a file that can be read")
        raise _unknown(f"principals.file: {found}.", [problem]) from None
    groups, problems = parsed(content)
    if problems:
        first, *lines = wrong.error_of(file, problems).message.split("\n  ")
        told = f"{first} {'; '.join(lines)}."
        return _Kept(section, lambda: not origin.has_changed(), _unknown(told, problems))
    return _Kept(section, lambda: not origin.has_changed(), groups)


def _of_program(settings: Settings) -> _Kept:
    section, began = settings.principals, time.monotonic()
    try:
        found: Groups | GroupsUnknown = _asked(settings)
        until = began + section.refresh.total_seconds()
    except GroupsUnknown as error:
        found, until = error, time.monotonic() + _RETRY
    return _Kept(section, lambda: time.monotonic() < until, found)


def _asked(settings: Settings) -> Groups:
    section = settings.principals
    seconds = section.timeout.total_seconds()
    try:
        content = programs.printed(
            section.command, folder=settings.config_dir, seconds=seconds, most=MOST
        )
    except programs.ProgramFailed as error:
        if error.said:
            _log.warning("principals.command says: %s", error.said)
        expected = "a program that prints the groups and their members"
        raise _unknown(
            f"principals.command: {error}.", [("principals.command", str(error), expected)]
        ) from None
    groups, problems = parsed(content)
    if problems:
        told = "; ".join(f"{key}: found {found}, expected {x}" for key, found, x in problems)
        raise _unknown(f"What principals.command prints is wrong: {told}.", problems)
    return groups


def _unknown(message: str, problems: list[wrong.Problem]) -> GroupsUnknown:
    return GroupsUnknown(
        message,
        mend="Correct it, and try it by `doclake check`; until then no search is answered, since"
        " nobody can say who belongs to which groups.",
        problems=problems,
    )


def parsed(content: bytes) -> tuple[Groups, list[wrong.Problem]]:
    """The groups of a text in JSON or YAML, and what is wrong with it."""
    if len(content) > MOST:
        return Groups(), [("(file)", "a file that is too large", f"at most {MOST:,} bytes")]
    try:
        data = _loaded(content.decode("utf-8-sig"))
    except Exception as error:  # beside its own, PyYAML lets others through
        return Groups(), [wrong.of_yaml(error)]
    if not isinstance(data, dict):
        return Groups(), [("(file)", wrong.found(data, is_section=True), _MAPPING)]
    above, problems = defaultdict[str, set[str]](set), list[wrong.Problem]()
    for name, members in data.items():
        group, problem = _named(name, "a group", str(name))
        problems += problem
        if not isinstance(members, list):
            problems.append((str(name), wrong.found(members), "the list of its members"))
            continue
        for place, member in enumerate(members):
            known, problem = _named(member, "a member", f"{name}.{place}")
            problems += problem
            above[known].add(group)
    groups = {name: frozenset(those) for name, those in above.items()}
    return Groups({} if problems else groups), problems[:_TOLD]


def _named(name: object, what: str, key: str) -> tuple[str, list[wrong.Problem]]:
    try:
        known = access.principal(name)
    except ValueError as error:
        return "", [(key, wrong.found(name), str(error))]
    if known == EVERYONE:
        expected = "another name: everybody is `everyone`, and nothing else makes him so"
        return "", [(key, f"{EVERYONE} as {what}", expected)]
    return known, []


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_each_once)
    except ValueError:
        return yaml.load(text, _Loader)  # noqa: S506 (a safe one)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError  # YAML says where
    return dict(pairs)


class _Loader(yaml.SafeLoader):
    """PyYAML would keep nothing of the first list of a group that has two. libyaml is ten times as
    fast, and deep nesting ends the process."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        known = set[str]()
        for key, _ in node.value:
            if key.value in known:
                raise yaml.constructor.ConstructorError(
                    None, None, "a group that stands there twice", key.start_mark
                )
            known.add(key.value)
        return dict(super().construct_mapping(node, deep))
