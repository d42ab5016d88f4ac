"""The place where it stands who belongs to which groups."""

from __future__ import annotations

from typing import Any

import pytest

from doclake import settings
from tests.settings.written import Config, problem


@pytest.mark.parametrize(
    ("section", "key", "expected"),
    [
        ({"file": "a.yaml", "command": ["groups"]}, "principals", "either file or command"),
        ({"file": "https://host/groups"}, "principals.file", "a file of this machine"),
        ({"command": "groups --all"}, "principals.command", "a list"),
        ({"command": ["groups"], "refresh": "soon"}, "principals.refresh", "a duration"),
        ({"command": ["groups"], "timeout": "0s"}, "principals.timeout", "more than"),
        ({"command": ["groups", "--password=hunter2hunter2"]}, "principals.command", "secrets"),
        ({"url": "ldap://host"}, "principals.url", "one of"),
        ("groups.yaml", "principals", "a mapping of settings"),
    ],
)
def test_a_wrong_place_is_named(config: Config, section: Any, key: str, expected: str) -> None:
    found, _, told = problem(config({"principals": section}))
    assert found == key
    assert expected in told


def test_a_command_may_have_an_argument_twice_and_another_place_counts_at_once(
    config: Config,
) -> None:
    command = ["groups", "-s", "a", "-s", "b"]
    loaded = settings.load(config({"principals": {"command": command}}))
    assert loaded.principals.command == tuple(command)
    config({"principals": {"file": "groups.yaml"}})
    assert loaded.today().principals.file == "groups.yaml"
