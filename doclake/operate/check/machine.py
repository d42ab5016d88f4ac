"""What parsing and unattended runs need of this machine."""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from doclake.display import number_of
from doclake.extract.guard.guard import protections
from doclake.extract.guard.sandbox import require
from doclake.extract.ocr.tesseract import require_models
from doclake.operate.check.result import Result, failed, ok, warning
from doclake.project import Project
from doclake.settings import problems


def tesseract(project: Project) -> Result:
    """Raises `DependencyMissing`."""
    settings = project.settings
    recipes = [source.recipe for source in settings.sources.values()] or [settings.recipe]
    wanted = {recipe.extract.ocr_languages for recipe in recipes if recipe.extract.ocr != "off"}
    for languages in sorted(wanted):
        require_models(languages)
    names = sorted({language for languages in wanted for language in languages})
    return ok(f"reads {', '.join(names)}" if names else "not needed: `recipe.extract.ocr` is off")


def sandbox(project: Project) -> Result:
    """Raises `SandboxMissing` where `limits.require_sandbox` asks for what is missing."""
    if project.settings.limits.require_sandbox:
        require()
    stands = protections()
    lacking = sorted(name for name, is_there in stands.items() if not is_there)
    if not lacking:
        return ok("every protection stands")
    return warning(
        f"documents are parsed without: {', '.join(lacking)}",
        "docs/reliability.md says what each needs. For documents of strangers set "
        "`limits.require_sandbox: true`.",
    )


def alerts(project: Project) -> Result:
    configured = project.settings.alerts
    if not configured.are_set:
        return warning(
            "nobody is notified when something fails unattended",
            "Set DOCLAKE_ALERTS__WEBHOOK or DOCLAKE_ALERTS__URLS.",
        )
    number = len(configured.urls) + bool(configured.webhook)
    return ok(f"news goes to {number_of(number, 'place')}; none was sent")


def dagster(project: Project) -> Result:
    """Where Dagster keeps its history, as it finds it itself."""
    named = os.environ.get("DAGSTER_HOME")
    home = Path(named) if named else project.settings.config_dir.resolve()
    file = home / "dagster.yaml"
    if named and not (home.is_absolute() and home.is_dir()):
        mend = "Let DAGSTER_HOME name the folder of dagster.yaml, by its whole path."
        return failed(f"DAGSTER_HOME is no folder: {named}", mend)
    if not file.is_file():
        return warning(
            f"no dagster.yaml in {home}" + ("" if named else ", and DAGSTER_HOME is not set"),
            "Without it the history of runs is lost, queues have no limits, and the programs of "
            "Dagster report their use to its makers: `doclake dev` writes one.",
        )
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except OSError as error:
        return failed(f"{file} cannot be read: {error.strerror}", "Correct the file.")
    except Exception as error:  # beside its own, PyYAML lets ValueError and others through
        return failed(f"{file} cannot be read: {problems.of_yaml(error)[1]}", "Correct the file.")
    if not isinstance(content, dict) or not os.access(home, os.W_OK):
        return failed(f"{file} holds no settings, or its folder cannot be written", "Correct it.")
    if content.get("telemetry") != {"enabled": False}:
        return warning(
            f"{file} lets the programs of Dagster report their use to its makers",
            "Write `telemetry: {enabled: false}` into it. `doclake` itself reports nothing.",
        )
    return ok(f"its history is kept as {file} says")
