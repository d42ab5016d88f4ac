"""The resources of a project, with its settings as their defaults."""

from typing import Any

from doclake.project import Project
from doclake_dagster.resources.embedding_model import embedding_model
from doclake_dagster.resources.extraction import extraction
from doclake_dagster.resources.lake import LakeResource


def resources_of(project: Project) -> dict[str, Any]:
    """By the names that assets and the config of a run know them by."""
    settings = project.settings
    return {
        "lake": LakeResource(url=project.lake.url),
        "embedding_model": embedding_model(settings.embedding),
        "extraction": extraction(settings.processing, settings.limits),
    }
