"""`doclake check` says how many groups are known, or why none is."""

from __future__ import annotations

import pytest

from doclake.errors import GroupsUnknown
from doclake.operate.check import principals
from doclake.project import Project


def _project(tmp_path, groups: str | None, section: str) -> Project:
    (tmp_path / "doclake.yaml").write_text(f"lake: lake\n{section}")
    if groups is not None:
        (tmp_path / "groups.yaml").write_text(groups)
    return Project.open(tmp_path)


def test_members_and_groups_are_counted(tmp_path):
    section = "principals: {file: groups.yaml}\n"
    groups = "group:재무: [user:kim, user:lee, group:staff]\ngroup:staff: [user:kim]\n"
    found = principals.groups(_project(tmp_path, groups, section))
    assert (found.state, found.found) == ("ok", "2 members in 2 groups, from groups.yaml")
    assert principals.groups(_project(tmp_path, None, "")).found.startswith("not needed")
    with pytest.raises(GroupsUnknown, match=r"group:a"):
        principals.groups(_project(tmp_path, "group:a: user:kim", section))
