"""Whether the key is there with which personal data is hashed."""

from __future__ import annotations

from doclake.errors import SettingsError
from doclake.operate.check.result import Result, failed, ok
from doclake.personal.policy import Policy
from doclake.project import Project


def key(project: Project) -> Result:
    recipes = [source.recipe for source in project.settings.sources.values()]
    try:
        hashed = ["hash" in Policy.of(recipe).actions.values() for recipe in recipes]
    except SettingsError as error:
        return failed(error.message, error.mend)
    return ok("it is there" if any(hashed) else "not needed: no source says hash")
