"""A source as a component of a `dg` project, for teams with a Dagster project of their own."""

import warnings
from functools import partial
from pathlib import Path
from typing import Any, Self

import dagster as dg
from pydantic import (
    BaseModel,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails

import doclake
from doclake.errors import SettingsError
from doclake.project import Project
from doclake.secrets import keeps_secrets
from doclake.settings import Settings, SourceSettings, load_beside
from doclake.settings.load import file_of, place_beside
from doclake.settings.origin import Origin
from doclake.settings.problems import of_type
from doclake.settings.sources import SourceName
from doclake_dagster.assets.factory import sources_of
from doclake_dagster.pipelines.definitions import lake_definitions, source_definitions
from doclake_dagster.pipelines.sensors.automation import CONDITIONS


class DocumentSource(dg.Component, dg.Resolvable, SourceSettings):
    """Documents of one place, from their listing to their vectors in the search index.

    The settings that all sources share (lake, embedding, limits ...) come from the doclake.yaml
    beside pyproject.toml; without one, the defaults hold.
    """

    name: SourceName = Field(description="Names its group of assets")

    @model_validator(mode="wrap")
    @classmethod
    def _secrets_are_not_shown(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Dagster prints a value that is refused, so what may be shown of it takes its place."""
        try:
            return handler(data)
        except ValidationError as error:
            lines = [
                InitErrorDetails(**{**line, "input": of_type(line, cls)[1]})  # type: ignore[typeddict-unknown-key]
                for line in error.errors()
            ]
            raise ValidationError.from_exception_data(error.title, lines) from None

    @classmethod
    def model(cls) -> type[BaseModel]:
        """The settings themselves check the YAML, so an error names the line."""
        return cls

    @classmethod
    def resolve_from_model(cls, context: dg.ResolutionContext, model: BaseModel) -> Self:
        return cls(**_filled(model.model_dump(exclude_unset=True), context))

    @classmethod
    def get_spec(cls) -> dg.ComponentTypeSpec:
        return dg.ComponentTypeSpec(
            produces=["asset", "asset_check", "job", "schedule", "sensor", "resource"]
        )

    @keeps_secrets
    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The definitions of this source; the first source of a project adds the shared ones."""
        tree, folder = context.component_tree, context.project_root
        place = place_beside(folder)
        origin = _origin(tree, folder, place)
        components = tree.get_all_components(of_type=DocumentSource)
        project = Project.of(_settings(folder, components, place).read_from(origin))
        sources = sources_of(project, CONDITIONS)
        elsewhere = {component.name for component in components} - {self.name}
        if self.name != min(component.name for component in components):
            own = [source for source in sources if source.name == self.name]
            return dg.Definitions.merge(*map(source_definitions, own))
        own = [source for source in sources if source.name not in elsewhere]
        shared = lake_definitions(project, sources)
        return dg.Definitions.merge(*map(source_definitions, own), shared)


def open_project(folder: Path, config: str | Path | None = None) -> "doclake.Project":
    """The project with the sources of a `dg` project: those of its components and of its
    doclake.yaml (`config`, if it is not beside pyproject.toml). Raises `SettingsError`."""
    return doclake.Project.of(settings_of(folder, config))


def settings_of(folder: Path, config: str | Path | None = None) -> Settings:
    """The settings of `open_project`, read anew. Raises `SettingsError`."""
    try:
        with warnings.catch_warnings():
            # Dagster's own; `load_from_defs_folder` hides it as well.
            warnings.simplefilter("ignore", DeprecationWarning)
            tree = dg.ComponentTree.for_project(folder)
            place = place_beside(folder, config)
            origin = _origin(tree, folder, place)
            components = tree.get_all_components(of_type=DocumentSource)
    except SettingsError:
        raise
    except Exception as error:  # whatever the project's own Python raises
        raise SettingsError(
            f"The components of {folder} cannot be loaded: {error}",
            mend="`dg check defs` tells the file and the line.",
            problems=[("components", type(error).__name__, "a project that `dg` loads")],
        ) from error
    return _settings(folder, components, place).read_from(origin)


def _origin(tree: dg.ComponentTree, folder: Path, place: Path) -> Origin[Settings]:
    """doclake.yaml, at `place`, and the YAML of the components."""
    components = tree.defs_module_path
    return Origin.of(
        lambda: [file_of(place), *sorted(components.rglob("*.yaml"))],
        partial(settings_of, folder, place),
    )


def _settings(folder: Path, components: list[DocumentSource], place: Path) -> Settings:
    """Settings of all the sources of a project, from its components and its doclake.yaml."""
    given: dict[str, dict[str, Any]] = {}
    for component in components:
        if component.name in given:
            raise SettingsError(
                f"Two components are named {component.name}.",
                mend="Give each DocumentSource of the project a name of its own.",
                problems=[("name", component.name, "a name that no other component has")],
            )
        given[component.name] = component.model_dump(exclude={"name"}, exclude_unset=True)
    return load_beside(folder, given, place)


def _filled(value: Any, context: dg.ResolutionContext) -> Any:
    """Fill in the templates in strings. Other strings are left alone: Dagster would turn text that
    looks like Python (`2025`, `[a]`) into a number or a list."""
    if isinstance(value, dict):
        return {key: _filled(part, context) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(part, context) for part in value]
    if isinstance(value, str) and "{{" in value:
        return str(context.resolve_value(value))
    return value
