"""Files that say who may read the documents beside them.

    report.pdf.access.yaml     for report.pdf
    .access.yaml               for the documents of its folder and of those below it

    allow: [group:finance, user:kim]     without it, all whom the source allows
    deny: [group:interns]                wins over every `allow`

The file of a document comes before that of its folder, and the nearest folder before those above.
What cannot be read, or is not exactly that, allows nobody.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import BinaryIO, NamedTuple

import yaml

from doclake.access import EVERYONE, NOBODY, Readers, principal
from doclake.display import shown
from doclake.errors.foreign import in_words

SUFFIXES = (".access.yaml", ".access.yml")
_KEYS = ("allow", "deny")
_MOST_BYTES = 100_000
_MOST_KNOWN = 20_000
_TEXT = "tag:yaml.org,2002:str"
_EXPECTED = "allow or deny, each a list of names, such as allow: [group:finance]"

_Version = tuple[str, str, str]  # of the bytes of a sidecar: source, path, signature
_known: dict[_Version, Readers | str] = {}
"""What was read before: a place is listed every few seconds."""


class _File(NamedTuple):
    path: str
    version: str
    refused: str


def governed(name: str) -> str | None:
    """The name of the document that a file of this name speaks of: empty for a folder, None if it
    is no sidecar. Letter case is ignored, lest a file that should close a document opens as one."""
    suffix = next((end for end in SUFFIXES if name.lower().endswith(end)), None)
    return None if suffix is None else _nfc(name[: -len(suffix)])


def parse(content: bytes) -> Readers:
    """Raises `ValueError`, which says what is wrong and what was expected."""
    if len(content) > _MOST_BYTES:
        raise ValueError(f"more than {_MOST_BYTES:,} bytes; expected: {_EXPECTED}")
    try:
        # libyaml is ten times as fast, and deep nesting ends the process.
        node = yaml.compose(content.decode("utf-8-sig"), yaml.SafeLoader)
    except UnicodeDecodeError:
        raise ValueError("not UTF-8; expected: a YAML file in UTF-8") from None
    except Exception:  # beside its own, PyYAML lets RecursionError and others through
        raise ValueError(f"no YAML; expected: {_EXPECTED}") from None
    if not isinstance(node, yaml.MappingNode) or not node.value:
        raise ValueError(f"no mapping; expected: {_EXPECTED}")
    lists: dict[str, frozenset[str]] = {}
    for key, value in node.value:  # the nodes, for a mapping would hide a key that stands twice
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        if name not in _KEYS:
            raise ValueError(f"an unknown key {shown(str(name))[:80]!r}; expected: {_EXPECTED}")
        if name in lists:
            raise ValueError(f"{name} twice; expected: each key once")
        lists[name] = frozenset(_names(name, value))
    return Readers(lists.get("allow", frozenset([EVERYONE])), lists.get("deny", frozenset()))


def _names(key: str, node: yaml.Node) -> Iterable[str]:
    if not isinstance(node, yaml.SequenceNode):
        raise ValueError(f"no list in {key}; expected: {_EXPECTED}")
    for item in node.value:
        if not isinstance(item, yaml.ScalarNode) or item.tag != _TEXT:
            raise ValueError(f"something in {key} that is no text; expected: {_EXPECTED}")
        try:
            yield principal(item.value)
        except ValueError as error:
            raise ValueError(f"{ascii(item.value)[:80]} in {key}; expected: {error}") from None


class Sidecars:
    """Those of one listing of a source. `unclear` hears of each that is wrong."""

    def __init__(self, source: str, unclear: Callable[[str], None]) -> None:
        self._source = source
        self._unclear = unclear
        self._files: dict[tuple[str, str], list[_File]] = {}
        self._readers: dict[tuple[str, str], Readers] = {}
        self._of_folders: dict[str, Readers | None] = {}
        self._unused: set[tuple[str, str]] = set()

    def take(self, path: str, version: str = "", refused: str = "") -> bool:
        """Keep what is a sidecar; False for anything else. Other bytes have another `version`, if
        it has one; `refused` says why its bytes cannot be read."""
        folder, _, name = path.rpartition("/")
        about = governed(name)
        if about is None:
            return False
        files = self._files.setdefault((_nfc(folder), about), [])
        files.append(_File(path, version, refused))
        return True

    def read(self, open_file: Callable[[str], BinaryIO]) -> None:
        """Read those that were taken."""
        for about, files in self._files.items():
            try:
                if len(files) > 1:
                    raise ValueError(f"it and {files[1].path}; expected: one file for one name")
                self._readers[about] = self._of(files[0], open_file)
            except ValueError as error:
                self._readers[about] = NOBODY
                told = f"found {error}. Until it is mended it lets nobody read."
                self._unclear(f"{shown(files[0].path)}: {told}")
        self._unused = {about for about in self._readers if about[1]}

    def _of(self, file: _File, open_file: Callable[[str], BinaryIO]) -> Readers:
        if file.refused:
            raise ValueError(f"a file that is left out ({file.refused}); expected: a file here")
        version = (self._source, file.path, file.version)
        readers = _known.get(version) if file.version else None
        if readers is None:
            try:
                with open_file(file.path) as stream:
                    content = stream.read(_MOST_BYTES + 1)
            except Exception as error:  # each backend has error types of its own
                what = shown(in_words(error))
                raise ValueError(f"what cannot be read ({what}); expected: {_EXPECTED}") from None
            try:
                readers = parse(content)
            except ValueError as error:
                readers = str(error)
            if file.version:
                if len(_known) >= _MOST_KNOWN:
                    _known.clear()
                _known[version] = readers
        if isinstance(readers, str):
            raise ValueError(readers)
        return readers

    def readers(self, path: str) -> Readers | None:
        """Who may read the document there; None if no sidecar says it."""
        folder, _, name = _nfc(path).rpartition("/")
        if (folder, name) in self._readers:
            self._unused.discard((folder, name))
            return self._readers[folder, name]
        return self._of_folder(folder)

    def _of_folder(self, folder: str) -> Readers | None:
        if folder not in self._of_folders:
            own = self._readers.get((folder, ""))
            above = self._of_folder(folder.rpartition("/")[0]) if folder and own is None else None
            self._of_folders[folder] = above if own is None else own
        return self._of_folders[folder]

    def tell_unused(self, left_out: Callable[[str], bool]) -> None:
        """Tell of those that speak of no document, unless theirs is left out."""
        for folder, name in sorted(self._unused):
            document = f"{folder}/{name}" if folder else name
            if not left_out(document):
                told = "speaks of no document; expected: one of that name beside it."
                self._unclear(f"{shown(self._files[folder, name][0].path)}: {told}")


def _nfc(name: str) -> str:
    return name if name.isascii() else unicodedata.normalize("NFC", name)
