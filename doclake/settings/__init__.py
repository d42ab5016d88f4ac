"""The one settings object.

`load()` reads `doclake.yaml` (from the argument, `DOCLAKE_CONFIG`, or the working directory),
lets environment variables override it (`DOCLAKE_EMBEDDING__DEVICE=cpu`), and refuses anything
wrong with one `SettingsError` that names each key, what was found and what was expected.
"""

from doclake.settings.file import CONFIG_NAME, CONFIG_VARIABLE, find, load
from doclake.settings.model import (
    BUNDLED_MODELS,
    Alerts,
    ChunkRecipe,
    Deletion,
    EmbeddingSettings,
    Engine,
    ExtractRecipe,
    Limits,
    Processing,
    Recipe,
    Retention,
    Schedules,
    Settings,
    SourceSettings,
)

__all__ = [
    "BUNDLED_MODELS",
    "CONFIG_NAME",
    "CONFIG_VARIABLE",
    "Alerts",
    "ChunkRecipe",
    "Deletion",
    "EmbeddingSettings",
    "Engine",
    "ExtractRecipe",
    "Limits",
    "Processing",
    "Recipe",
    "Retention",
    "Schedules",
    "Settings",
    "SourceSettings",
    "find",
    "load",
]
