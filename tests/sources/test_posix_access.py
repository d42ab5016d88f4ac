"""Owner, group, mode and ACL of files: a list never allows more than the kernel does."""

from __future__ import annotations

import errno
import grp
import os
import pwd
import random
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from doclake.access import EVERYONE, Readers, narrowed
from doclake.sources.posix_access import READ, SEARCH, readers
from tests.sources.places import Files, Opener

ACL = "system.posix_acl_access"
OWNER, USER, GROUP, NAMED_GROUP, MASK, REST = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
NO_ONE = 0xFFFFFFFF
NAMELESS = 3_999_999_999
DAEMON, BIN = 1, 2
USERS = {number: f"user:{pwd.getpwuid(number).pw_name}" for number in (DAEMON, BIN)}
GROUPS = {number: f"group:{grp.getgrgid(number).gr_name}" for number in (DAEMON, BIN)}


def acl(*entries: tuple[int, int, int]) -> bytes:
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def status(mode: int, uid: int = DAEMON, gid: int = DAEMON) -> os.stat_result:
    return os.stat_result((0o100000 | mode, 0, 0, 1, uid, gid, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("mode", "allow", "deny"),
    [
        (0o640, {USERS[1], GROUPS[1]}, set()),
        (0o644, {USERS[1], GROUPS[1], EVERYONE}, set()),
        (0o600, {USERS[1]}, set()),
        (0o604, {USERS[1], EVERYONE}, {GROUPS[1]}),
        (0o044, {GROUPS[1], EVERYONE}, {USERS[1]}),
        (0o000, set(), {USERS[1]}),
    ],
)
def test_a_mode_says_it_of_owner_group_and_everyone(
    mode: int, allow: set[str], deny: set[str]
) -> None:
    assert readers(status(mode), None, READ) == Readers(frozenset(allow), frozenset(deny))


def test_an_acl_names_more_and_its_mask_takes_back() -> None:
    entries = [(OWNER, 6, NO_ONE), (USER, 4, BIN), (GROUP, 4, NO_ONE), (NAMED_GROUP, 4, BIN)]
    open_to_them = acl(*entries, (MASK, 4, NO_ONE), (REST, 0, NO_ONE))
    everyone = frozenset([*USERS.values(), *GROUPS.values()])
    assert readers(status(0o640), open_to_them, READ) == Readers(everyone)
    masked = acl(*entries, (MASK, 0, NO_ONE), (REST, 0, NO_ONE))
    owner, other = frozenset([USERS[1]]), frozenset([USERS[2]])
    assert readers(status(0o600), masked, READ) == Readers(owner, other)


def test_whom_no_name_is_known_of_is_neither_allowed_nor_let_in_by_another_entry() -> None:
    nameless = status(0o640, NAMELESS, NAMELESS)
    assert readers(nameless, None, READ) == Readers()
    assert readers(status(0o044, NAMELESS), None, READ) == Readers()
    assert readers(status(0o604, DAEMON, NAMELESS), None, READ).allow == {USERS[1]}
    assert EVERYONE in readers(status(0o644, NAMELESS, NAMELESS), None, READ).allow


@pytest.mark.parametrize("content", [b"\1\0\0\0", b"\2\0\0\0\1", b"\2"])
def test_an_acl_in_another_form_is_no_acl(content: bytes) -> None:
    with pytest.raises((ValueError, struct.error)):
        readers(status(0o644), content, READ)


@contextmanager
def somebody(user: int, groups: list[int]) -> Iterator[None]:
    before = os.getgroups(), os.getegid()
    os.setgroups(groups)
    os.setegid(groups[0])
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(before[1])
        os.setgroups(before[0])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_no_list_allows_whom_the_kernel_does_not(open_to_all: Path) -> None:
    """100 files and folders by chance, asked as each of six people."""
    chance = random.Random(7)
    folder, file = open_to_all / "folder", open_to_all / "folder" / "file"
    folder.mkdir()
    file.write_text("text")
    allowed = agreed = 0
    try:
        os.setxattr(file, ACL, acl((OWNER, 6, NO_ONE), (GROUP, 4, NO_ONE), (REST, 4, NO_ONE)))
    except OSError as error:
        if error.errno == errno.ENOTSUP:
            pytest.skip(f"{open_to_all} has no ACLs")
        raise
    for _ in range(100):
        said = None
        for path, right in ((folder, SEARCH), (file, READ)):
            os.chown(path, chance.choice([*USERS]), chance.choice([*GROUPS]))
            numbers = [chance.choice([0, 5, 7]) for _ in range(5)]
            entries = [(OWNER, numbers[0], NO_ONE), (USER, numbers[1], chance.choice([*USERS]))]
            entries += [(GROUP, numbers[2], NO_ONE), (NAMED_GROUP, numbers[3], DAEMON)]
            entries += [(MASK, chance.choice([0, 7, 7]), NO_ONE), (REST, numbers[4], NO_ONE)]
            os.setxattr(path, ACL, acl(*entries))
            now = readers(path.stat(), os.getxattr(path, ACL), right)
            said = narrowed(said, now)
        assert said is not None
        for user in USERS:
            for groups in ([DAEMON], [BIN], [DAEMON, BIN]):
                asking = {EVERYONE, USERS[user], *(GROUPS[group] for group in groups)}
                by_list = bool(asking & said.allow) and not asking & said.deny
                with somebody(user, groups):
                    by_kernel = os.access(file, os.R_OK, effective_ids=True)
                assert by_kernel or not by_list, (said, asking)
                allowed += by_kernel
                agreed += by_list
    assert agreed > allowed / 2  # and it is of use


def said(source: object) -> dict[str, tuple[list[str] | None, list[str] | None]]:
    rows = [row for batch in source.list() for row in batch.to_pylist()]  # type: ignore[attr-defined]
    return {row["path"]: (row["access"], row["denied"]) for row in rows}


def test_files_below_a_folder_that_only_its_owner_may_search_are_that_owners(
    opened: Opener, files: Files
) -> None:
    root = files("open.txt", "own/a.txt", "own/b.txt", "link.txt")
    (root / "link.txt").unlink()
    (root / "link.txt").symlink_to("own/a.txt")
    for path in root.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    root.chmod(0o755)
    (root / "own").chmod(0o700)
    (root / "own" / "b.txt").chmod(0o000)
    me = f"user:{pwd.getpwuid(os.geteuid()).pw_name}"
    found = said(opened(access_from=["posix"]))
    assert found["open.txt"] == (None, None)
    assert found["own/a.txt"] == found["link.txt"] == ([me], None)
    assert found["own/b.txt"] == ([], [me])
    root.chmod(0o700)
    assert said(opened(access_from=["posix"]))["open.txt"] == ([me], None)


def test_a_sidecar_and_a_mode_narrow_each_other(opened: Opener, files: Files) -> None:
    root = files("a.txt", "b.txt", "c.txt")
    root.chmod(0o755)
    me = f"user:{pwd.getpwuid(os.geteuid()).pw_name}"
    for name, mode in (("a.txt", 0o600), ("b.txt", 0o600), ("c.txt", 0o644)):
        (root / name).chmod(mode)
    (root / ".access.yaml").write_text(f"allow: [{me}, user:lee]\n")
    (root / "b.txt.access.yaml").write_text("allow: [user:lee]\n")
    found = said(opened(access_from=["posix", "sidecar"]))
    assert found == {
        "a.txt": ([me], None),
        "b.txt": ([], None),
        "c.txt": (sorted([me, "user:lee"]), None),
    }


def test_what_cannot_be_read_is_nobodys_and_told(
    opened: Opener, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = files("a.txt", "b.txt")
    root.chmod(0o755)
    getxattr = os.getxattr

    def failing(path: str, name: str) -> bytes:
        if path.endswith("a.txt"):
            raise OSError(errno.EIO, "Input/output error")
        return getxattr(path, name)

    monkeypatch.setattr(os, "getxattr", failing)
    source = opened(access_from=["posix"])
    assert said(source)["a.txt"] == ([], None)
    assert source.unclear_count == 1 and "a.txt: who may read it" in source.unclear[0]
