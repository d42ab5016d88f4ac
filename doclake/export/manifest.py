"""What an export was made of, and by what: enough to make it again, byte for byte.

It holds no time and no name of a machine, so that the same export has the same manifest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from doclake import ids
from doclake.errors import ExportRefused
from doclake.errors.foreign import in_words
from doclake.export.writers import Written
from doclake.lake.watermark import Watermark
from doclake.settings import ExportSettings
from doclake.settings import problems as wrong

NAME = "manifest.json"
FORMAT = 1
LIBRARIES = ("doclake", "duckdb", "pyarrow", "pylance", "rensa")
_OF_ASSET = {"output", "owner", "schedule"}
"""Settings that decide where and when, and not what."""


@dataclass(frozen=True)
class Manifest:
    """`tables` names a commit of each table that was read, `recipes` those of the rows by source,
    `readers` who may read each source by the settings, `names` whom the asker stands for.
    `left_out` counts by source and reason."""

    request: ExportSettings
    tables: Mapping[str, Watermark]
    recipes: Mapping[str, Sequence[str]]
    readers: Mapping[str, Sequence[str]]
    names: Sequence[str]
    evaluation: Sequence[Mapping[str, Any]] = ()
    left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    splits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    files: Sequence[Written] = ()
    libraries: Mapping[str, str] = field(default_factory=lambda: _libraries())

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def export_id(self) -> str:
        """Of what was asked of which rows, before they are looked at."""
        facts = {name: asdict(mark) for name, mark in sorted(self.tables.items())}
        asked = [self.request_json(), facts, dict(self.readers), list(self.names), self.evaluation]
        return ids.digest("export", json.dumps(asked, sort_keys=True), size=6)

    def left_out_of(self, source: str) -> str:
        """How many rows of a source are not there, by reason, in words."""
        reasons = self.left_out.get(source, {}).items()
        return ", ".join(f"{reason.replace('_', ' ')} {rows:,}" for reason, rows in reasons)

    def request_json(self) -> dict[str, Any]:
        return self.request.model_dump(mode="json", exclude=_OF_ASSET)

    def as_json(self) -> str:
        facts = asdict(self) | {"request": self.request_json(), "format": FORMAT}
        return json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _libraries() -> dict[str, str]:
    return {name: version(name) for name in LIBRARIES}


def read(file: Path) -> Manifest:
    """Raises `ExportRefused` for what is no manifest."""
    file = file / NAME if file.is_dir() else file
    try:
        facts = json.loads(file.read_text("utf-8"))
        if facts.pop("format") != FORMAT:
            raise ValueError("it is of another format")
        request = ExportSettings.model_validate(facts.pop("request"))
        tables = {name: Watermark(**mark) for name, mark in facts.pop("tables").items()}
        files = tuple(Written(**one) for one in facts.pop("files"))
        return Manifest(request=request, tables=tables, files=files, **facts)
    except ValidationError as error:
        (key, found, expected), *_ = wrong.of_types(error, ExportSettings)
        raise _no_manifest(file, f"request.{key}: found {found}; expected: {expected}") from None
    except OSError as error:
        raise _no_manifest(file, in_words(error, str(file))) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _no_manifest(file, in_words(error)) from None


def _no_manifest(file: Path, why: str) -> ExportRefused:
    return ExportRefused(
        f"{file} is no manifest of an export: {why}.",
        mend=f"Name the {NAME} of an export, or its folder.",
        problems=[("--manifest", str(file), f"the {NAME} of an export")],
    )


def differences(was: Manifest, now: Manifest) -> list[str]:
    """What differs, in words; none where both are the same."""
    found = []
    for name, then in was.libraries.items():
        if now.libraries.get(name) != then:
            found.append(f"{name} was {then} and is {now.libraries.get(name)}")
    for name in sorted({*was.readers, *now.readers}):
        if sorted(was.readers.get(name, ())) != sorted(now.readers.get(name, ())):
            found.append(f"who may read {name} has changed")
    if sorted(was.names) != sorted(now.names):
        found.append("the groups of the principals have changed")
    then_sets = {one["path"]: one["sha256"] for one in was.evaluation}
    for one in now.evaluation:
        if then_sets.get(one["path"]) != one["sha256"]:
            found.append(f"the evaluation set {one['path']} is another one")
    files = {file.path: file for file in now.files}
    for file in was.files:
        if files.pop(file.path, None) != file:
            found.append(f"{file.path} differs")
    found += [f"{path} is new" for path in files]
    if not found and was.as_json() != now.as_json():
        found.append("figures differ")
    return found
