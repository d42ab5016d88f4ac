"""Who may read a file of a folder, by owner, group, mode and POSIX ACL, as a list can say it.

A file is for those who may read it and may search each folder above it, up to that of the source.
The rules are those of acl(5): the entry of the owner decides for the owner, one that names a user
for that user, those of groups for their members, and the last for all others. In the lists an
entry without the right denies, and a denial wins; so a list never allows more than the kernel does,
and sometimes less: whoever is denied as one and allowed as another is denied.
"""

# ruff: noqa: PTH116 (paths may be in no encoding)

from __future__ import annotations

import errno
import grp
import os
import pwd
import stat
import struct
from collections.abc import Callable
from functools import lru_cache

from doclake.access import EVERYONE, NOBODY, Readers, narrowed, principal

READ, SEARCH = 4, 1
_ACL = "system.posix_acl_access"
_OTHER_ACLS = ("system.nfs4_acl", "system.nfs4acl_xdr", "system.cifs_acl")
_HEADER, _ENTRY = struct.Struct("<I"), struct.Struct("<HHI")
_VERSION = 2
_OWNER, _USER, _GROUP, _NAMED_GROUP, _MASK, _REST = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
_NO_ACL = (errno.ENODATA, errno.ENOTSUP)


class PosixReaders:
    """Of the files of one listing. What cannot be read lets nobody read, and `unclear` hears it."""

    def __init__(self, root: str, unclear: Callable[[str, Exception], None]) -> None:
        self._root = root
        self._unclear = unclear
        self._folders: dict[str, Readers | None] = {}
        _user.cache_clear()  # people come and go
        _group.cache_clear()

    def of(self, path: str, status: os.stat_result) -> Readers:
        """Of the file at a path without links."""
        own = self._read(path, READ, status)
        return narrowed(own, self.of_folder(os.path.dirname(path))) or NOBODY  # noqa: PTH120

    def of_folder(self, folder: str) -> Readers | None:
        """Who may reach what is in a folder; None above that of the source."""
        if folder not in self._folders:
            inside = folder == self._root or folder.startswith(self._root.rstrip("/") + "/")
            above = os.path.dirname(folder)  # noqa: PTH120
            self._folders[folder] = (
                narrowed(self._read(folder, SEARCH), self.of_folder(above)) if inside else None
            )
        return self._folders[folder]

    def _read(self, path: str, right: int, status: os.stat_result | None = None) -> Readers:
        try:
            status = status or os.stat(path)
            acl = _attribute(path, _ACL)
            if right == SEARCH and any(_attribute(path, name) is not None for name in _OTHER_ACLS):
                raise ValueError("its access list is of another kind than POSIX")
            return readers(status, acl, right)
        except (OSError, ValueError, struct.error) as error:
            self._unclear(path, error)
            return NOBODY


def _attribute(path: str, name: str) -> bytes | None:
    try:
        return os.getxattr(path, name)
    except OSError as error:
        if error.errno in _NO_ACL:
            return None
        raise


def readers(status: os.stat_result, acl: bytes | None, right: int) -> Readers:
    """Who has the right by these. Raises `ValueError` for an ACL that is none."""
    entries = _entries(acl) if acl else _of_mode(status.st_mode)
    mask = next((bits for tag, bits, _ in entries if tag == _MASK), 7)
    rest = next((bits for tag, bits, _ in entries if tag == _REST), 0)
    users: dict[int, bool] = {}
    groups: dict[int, bool] = {}
    for tag, bits, number in entries:
        if tag == _OWNER:
            users[status.st_uid] = bool(bits & right)
        elif tag == _USER:
            users.setdefault(number, bool(bits & mask & right))
        elif tag in (_GROUP, _NAMED_GROUP):
            of = status.st_gid if tag == _GROUP else number
            groups[of] = groups.get(of, False) or bool(bits & mask & right)
    return _lists(users, groups, for_all=bool(rest & right))


def _lists(users: dict[int, bool], groups: dict[int, bool], *, for_all: bool) -> Readers:
    """Whom no name is known of can be neither allowed nor denied by it. So if such a user is
    denied, no group is sure not to hold it; if such a group is, not everyone is outside."""
    denied_users = [_user(number) for number, has in users.items() if not has]
    allow = {_user(number) for number, has in users.items() if has}
    deny = set(denied_users)
    if None not in denied_users:
        allow |= {_group(number) for number, has in groups.items() if has}
        denied_groups = [_group(number) for number, has in groups.items() if not has]
        if for_all and None not in denied_groups:
            allow.add(EVERYONE)
            deny |= set(denied_groups)
    return Readers(frozenset(n for n in allow if n), frozenset(n for n in deny if n))


def _of_mode(mode: int) -> list[tuple[int, int, int]]:
    bits = stat.S_IMODE(mode)
    return [(_OWNER, bits >> 6 & 7, 0), (_GROUP, bits >> 3 & 7, 0), (_REST, bits & 7, 0)]


def _entries(acl: bytes) -> list[tuple[int, int, int]]:
    """Tag, rights and user or group of each entry, from the form of the extended attribute."""
    (version,) = _HEADER.unpack_from(acl)
    if version != _VERSION or (len(acl) - _HEADER.size) % _ENTRY.size:
        raise ValueError("its access list is in a form that is not known")
    return [*_ENTRY.iter_unpack(acl[_HEADER.size :])]


@lru_cache(maxsize=10_000)
def _user(number: int) -> str | None:
    try:
        return principal(f"user:{pwd.getpwuid(number).pw_name}")
    except (KeyError, ValueError):
        return None


@lru_cache(maxsize=10_000)
def _group(number: int) -> str | None:
    try:
        return principal(f"group:{grp.getgrgid(number).gr_name}")
    except (KeyError, ValueError):
        return None
