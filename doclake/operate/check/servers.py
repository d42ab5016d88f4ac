"""Whether the servers of models that the settings name answer."""

from __future__ import annotations

from doclake.operate.check.result import Result, ok, warning
from doclake.project import Project
from doclake.servers.client import SETTINGS, ServerName, Servers
from doclake.settings import ServerSettings

_SECONDS = 10.0


def server(project: Project, name: ServerName) -> Result:
    """Raises `ServerUnavailable`."""
    key = SETTINGS[name]
    asked = [one for one in _configured(project, name) if one.url]
    for one in asked:
        models = Servers().of(name, one).models(_SECONDS)
        if models is not None and one.model not in models:
            return warning(
                f"the server does not offer the model {one.model}", f"Correct {key}.model."
            )
    return ok("it answers" if asked else f"not needed: `{key}.url` is not set")


def _configured(project: Project, name: ServerName) -> set[ServerSettings]:
    settings = project.settings
    if name == "chat":
        return {settings.chat}
    if name == "embedding":
        return {settings.embedding.server}
    recipes = [settings.recipe, *(source.recipe for source in settings.sources.values())]
    return {getattr(recipe.extract, name) for recipe in recipes}
