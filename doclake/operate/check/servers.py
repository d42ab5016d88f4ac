"""Whether the servers of models that the recipes name answer."""

from __future__ import annotations

from doclake.extract.format import ServerName
from doclake.extract.servers.client import Servers
from doclake.operate.check.result import Result, ok, warning
from doclake.project import Project

_SECONDS = 10.0


def server(project: Project, name: ServerName) -> Result:
    """Raises `ServerUnavailable`."""
    settings = project.settings
    recipes = [settings.recipe, *(source.recipe for source in settings.sources.values())]
    wanted = {getattr(recipe.extract, name) for recipe in recipes}
    asked = [one for one in wanted if one.url]
    for one in asked:
        models = Servers().of(name, one).models(_SECONDS)
        if models is not None and one.model not in models:
            return warning(
                f"the server does not offer the model {one.model}",
                f"Correct recipe.extract.{name}.model.",
            )
    return ok("it answers" if asked else f"not needed: `recipe.extract.{name}.url` is not set")
