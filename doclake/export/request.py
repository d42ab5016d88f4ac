"""What somebody asks for: an export of the settings, with what he says beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from doclake.errors import SettingsError
from doclake.errors.unknown import unknown
from doclake.settings import ExportSettings, Settings
from doclake.settings import problems as wrong
from doclake.settings.fields import merged


def of(settings: Settings, name: str | None, given: Mapping[str, Any]) -> ExportSettings:
    """The export called `name`, or the defaults, with what is `given` in their place. Raises
    `SettingsError`, which names the key."""
    base = _declared(settings, name).model_dump(exclude_unset=True) if name else {}
    try:
        return ExportSettings.model_validate(merged(base, dict(given)))
    except ValidationError as error:
        problems = wrong.of_types(error, ExportSettings)
        told = "; ".join(f"{key}: found {found}; expected: {x}" for key, found, x in problems)
        raise SettingsError(
            f"The export is wrong: {told}.", mend="Correct it.", problems=problems
        ) from None


def _declared(settings: Settings, name: str) -> ExportSettings:
    if name in settings.exports:
        return settings.exports[name]
    mend = "" if settings.exports else "Write it under `exports` in doclake.yaml."
    known = list(settings.exports)
    raise unknown("export", name, known, "exports", none="none is configured", mend=mend)
