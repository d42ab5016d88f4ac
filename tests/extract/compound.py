"""A writer of small OLE compound files (MS-CFB), enough to build an Outlook message."""

from __future__ import annotations

import struct

SECTOR, MINI, CUTOFF = 512, 64, 4096
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
Tree = dict[str, "bytes | Tree"]


def _padded(data: bytes, size: int, fill: bytes = b"\0") -> bytes:
    return data + fill * (-len(data) % size)


class _Writer:
    """Directory entries in order; every stream in the mini stream, so each is below `CUTOFF`."""

    def __init__(self) -> None:
        self.entries: list[list[object]] = []  # name, kind, left, right, child, start, size
        self.mini = b""
        self.mini_fat: list[int] = []

    def add(self, name: str, content: bytes | Tree, kind: int) -> int:
        place = len(self.entries)
        self.entries.append([name, kind, FREE, FREE, FREE, END if kind == 2 else 0, 0])
        if isinstance(content, bytes):
            assert len(content) < CUTOFF
            count = -(-len(content) // MINI)
            start = len(self.mini_fat)
            self.mini_fat += [*range(start + 1, start + count), END] if count else []
            self.mini += _padded(content, MINI)
            self.entries[place][5:] = [start if count else END, len(content)]
        else:
            # A list to the right is a search tree too, if sorted by length, then by upper case.
            before = None
            for child in sorted(content, key=lambda key: (len(key), key.upper())):
                inner = content[child]
                here = self.add(child, inner, 2 if isinstance(inner, bytes) else 1)
                self.entries[place if before is None else before][4 if before is None else 3] = here
                before = here
        return place


def write(tree: Tree) -> bytes:
    """The file that holds `tree`: names to streams, and to storages of the same form."""
    writer = _Writer()
    writer.add("Root Entry", tree, 5)
    mini = _padded(writer.mini, SECTOR)
    mini_fat = _padded(struct.pack(f"<{len(writer.mini_fat)}I", *writer.mini_fat), SECTOR, b"\xff")
    first_mini = len(mini_fat) // SECTOR
    writer.entries[0][5:] = [first_mini, len(writer.mini)]
    directory = _padded(b"".join(_entry(*entry) for entry in writer.entries), SECTOR)
    first_directory = first_mini + len(mini) // SECTOR
    body = mini_fat + mini + directory
    chain: list[int] = []
    for part in (mini_fat, mini, directory):
        count = len(part) // SECTOR
        chain += [*range(len(chain) + 1, len(chain) + count), END] if count else []
    assert len(chain) < SECTOR // 4  # one sector of FAT is enough
    fat = _padded(struct.pack(f"<{len(chain) + 1}I", *chain, FAT), SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    # No directory sectors counted in this version; one sector of FAT, named at the end.
    header += struct.pack("<5I", 0, 1, first_directory, 0, CUTOFF)
    header += struct.pack("<5I", 0, first_mini, END, 0, len(chain))
    return _padded(header, SECTOR, b"\xff") + body + fat


def _entry(name: str, kind: int, left: int, right: int, child: int, start: int, size: int) -> bytes:
    wide = name.encode("utf-16-le") + b"\0\0"
    entry = wide.ljust(64, b"\0") + struct.pack("<HBB", len(wide), kind, 1)
    entry += struct.pack("<III", left, right, child) + bytes(36)
    return entry + struct.pack("<IQ", start, size)
