"""Rules in a file of their own, to be tried before they stand in the settings."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from doclake.settings import contracts
from doclake.settings import problems as wrong
from doclake.settings.contracts import ContractSettings
from doclake.settings.fields import merged
from doclake.settings.yaml_file import mapping


def with_rules(base: ContractSettings, file: Path) -> ContractSettings:
    """The contracts with what a YAML file says beside them or otherwise; it holds what stands under
    `contracts`. Raises `SettingsError`, which names each key."""
    data = mapping(file, "a mapping of tables", named="--rules")
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
    _, table, name = problem[0].split(".")[:3]
    return name in given.of(table)
