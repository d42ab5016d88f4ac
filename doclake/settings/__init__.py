"""The one settings object.

`load()` reads `doclake.yaml` (from the argument, `DOCLAKE_CONFIG`, or the working directory),
lets environment variables override it (`DOCLAKE_EMBEDDING__DEVICE=cpu`), and refuses anything
wrong with one `SettingsError` that names each key, what was found and what was expected.
"""

from doclake.settings.cluster import EmbeddingRaySettings, RaySettings
from doclake.settings.contracts import ContractSettings, RuleSettings
from doclake.settings.embedding import BUNDLED_MODELS, EmbeddingSettings
from doclake.settings.export import ExportSettings, MixtureSettings
from doclake.settings.fields import Engine
from doclake.settings.injection import InjectionSettings
from doclake.settings.limits import Limits, Processing
from doclake.settings.lineage import LineageSettings
from doclake.settings.load import CONFIG_NAME, CONFIG_VARIABLE, find, load, load_beside
from doclake.settings.memory import MemorySettings
from doclake.settings.model import Settings
from doclake.settings.operations import Alerts, Deletion, Retention, Schedules
from doclake.settings.personal_data import PersonalDataSettings
from doclake.settings.principals import PrincipalSettings
from doclake.settings.quality import QualitySettings
from doclake.settings.recipe import ChunkRecipe, ExtractRecipe, Recipe
from doclake.settings.search import SearchSettings
from doclake.settings.serve import ServeSettings
from doclake.settings.servers import (
    ChatSettings,
    EmbeddingServerSettings,
    PaidServerSettings,
    ServerSettings,
    TranscriptionSettings,
    VisionSettings,
)
from doclake.settings.sources import SourceSettings
from doclake.settings.tuning import TuningSettings

__all__ = [
    "BUNDLED_MODELS",
    "CONFIG_NAME",
    "CONFIG_VARIABLE",
    "Alerts",
    "ChatSettings",
    "ChunkRecipe",
    "ContractSettings",
    "Deletion",
    "EmbeddingRaySettings",
    "EmbeddingServerSettings",
    "EmbeddingSettings",
    "Engine",
    "ExportSettings",
    "ExtractRecipe",
    "InjectionSettings",
    "Limits",
    "LineageSettings",
    "MemorySettings",
    "MixtureSettings",
    "PaidServerSettings",
    "PersonalDataSettings",
    "PrincipalSettings",
    "Processing",
    "QualitySettings",
    "RaySettings",
    "Recipe",
    "Retention",
    "RuleSettings",
    "Schedules",
    "SearchSettings",
    "ServeSettings",
    "ServerSettings",
    "Settings",
    "SourceSettings",
    "TranscriptionSettings",
    "TuningSettings",
    "VisionSettings",
    "find",
    "load",
    "load_beside",
]
