"""Rules in a file of their own, to be tried before they stand in the settings."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from doclake.settings import contracts
from doclake.settings import problems as wrong
from doclake.settings.contracts import ContractSettings
from doclake.settings.fields import merged


def with_rules(base: ContractSettings, file: Path) -> ContractSettings:
    """The contracts with what a YAML file says beside them or otherwise; it holds what stands under
    `contracts`. Raises `SettingsError`, which names each key."""
    try:
        data = yaml.safe_load(file.read_text("utf-8")) or {}
    except OSError as error:
        found = f"{file}: {error.strerror}"
        raise wrong.error_of(file, [("--rules", found, "a file that can be read")]) from None
    except Exception as error:  # beside its own, PyYAML lets ValueError and others through
        raise wrong.error_of(file, [wrong.of_yaml(error)]) from None
    if not isinstance(data, dict):
        raise wrong.error_of(file, [("(file)", type(data).__name__, "a mapping of tables")])
    try:
        given = ContractSettings(**data)
        both = merged(base.model_dump(exclude_unset=True), data)
        tried = ContractSettings(**both)
    except ValidationError as error:
        raise wrong.error_of(file, wrong.of_types(error, ContractSettings)) from None
    problems = [
        problem for problem in contracts.problems("(file)", tried) if _is_of(given, problem)
    ]
    if problems:
        raise wrong.error_of(file, problems)
    return tried


def _is_of(given: ContractSettings, problem: contracts.Problem) -> bool:
    """Whether the file says something of the rule; the settings have been checked before."""
    return problem[0].split(".")[2] in given.chunks
