"""Settings that a run may change, as Dagster's launchpad offers and checks them.

Types, bounds, descriptions and defaults are those of the settings themselves. Dagster's own types
know no bounds, so the settings check every value once more when Dagster plans a run, which is
before it queues one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import dagster as dg
from pydantic import BaseModel, ValidationError

from doclake.settings.fields import merged
from doclake.settings.problems import of_types
from doclake.settings.reference import duration_text, kind_of

Values = TypeVar("Values", bound=BaseModel)
Choices = Mapping[str, Sequence[str]]
NO_CHOICES: Choices = {}
_SCALARS = {"integer": int, "number": float, "boolean": bool, "string": str}


def run_fields(
    settings: BaseModel, names: Sequence[str], choices: Choices = NO_CHOICES
) -> dict[str, dg.Field]:
    """The settings of these `names` as fields of a run's config, with the values of `settings` as
    defaults. `choices` lists the texts that make sense for a setting, where its type does not."""
    schema = type(settings).model_json_schema()
    given = settings.model_dump(mode="json")
    return _fields(schema, schema.get("$defs", {}), given, names, choices)


def changed(settings: Values, config: Mapping[str, Any]) -> Values:
    """The settings with what the config of a run says instead."""
    return type(settings).model_validate(merged(settings.model_dump(mode="json"), dict(config)))


def resource(
    name: str,
    description: str,
    settings: Values,
    fields: Mapping[str, dg.Field],
    make: Callable[[Values], Any],
) -> dg.ResourceDefinition:
    """A resource that `make` makes of the settings as the config of a run changes them."""

    def made(context: dg.InitResourceContext) -> Any:
        return make(changed(settings, context.resource_config))

    made.__name__ = make.__name__  # Dagster shows it as the type of the resource
    unchecked = dg.ResourceDefinition(made, config_schema=fields, description=description)

    def checked(config: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            changed(settings, config)
        except ValidationError as error:
            lines = [
                f"resources.{name}.config.{key}: found {found}; expected: {expected}"
                for key, found, expected in of_types(error, type(settings))
            ]
            raise dg.DagsterInvalidConfigError(  # type: ignore[no-untyped-call]
                "\n".join(lines), [], config
            ) from None
        return config

    return dg.configured(unchecked, config_schema=fields)(checked)


def _fields(
    schema: dict[str, Any],
    definitions: dict[str, Any],
    given: Mapping[str, Any],
    names: Sequence[str],
    choices: Choices,
) -> dict[str, dg.Field]:
    fields = {}
    for name in names:
        prop = schema["properties"][name]
        if "$ref" in prop:
            inner = definitions[prop["$ref"].rpartition("/")[2]]
            parts = _fields(inner, definitions, given[name], list(inner["properties"]), choices)
            about = " ".join(inner.get("description", "").split())
            fields[name] = dg.Field(parts, is_required=False, description=about)
            continue
        offered = _offered(choices.get(name, ()), given[name])
        bounds = "" if offered or "enum" in prop else f" ({kind_of(prop)})"
        fields[name] = dg.Field(
            _type(f"{schema['title']}_{name}", prop, offered),
            is_required=False,
            default_value=_shown(prop, given[name]),
            description=f"{prop.get('description', '')}{bounds}",
        )
    return fields


def _offered(choices: Sequence[str], given: Any) -> list[str]:
    """The choices, and what the settings say if that is another one."""
    named = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    return list(dict.fromkeys([*choices, *named])) if choices else []


def _type(name: str, prop: dict[str, Any], choices: Sequence[str]) -> Any:
    """What Dagster calls the type of a setting, read off its JSON schema."""
    options = prop.get("anyOf", [prop])
    some = [option for option in options if option.get("type") != "null"]
    single, *others = sorted(some, key=lambda option: option.get("type") == "array")
    found = _single(name, single, choices)
    if others:
        found = dg.ScalarUnion(found, non_scalar_schema=_single(name, others[0], choices))
    return found if len(some) == len(options) else dg.Noneable(found)


def _single(name: str, prop: dict[str, Any], choices: Sequence[str]) -> Any:
    if prop["type"] == "array":
        return dg.Array(_single(name, prop["items"], choices))
    values = prop.get("enum") or (choices if prop["type"] == "string" else ())
    if values:
        return dg.Enum(name, [dg.EnumValue(value) for value in values])
    return _SCALARS[prop["type"]]


def _shown(prop: dict[str, Any], value: Any) -> Any:
    return duration_text(value) if prop.get("format") == "duration" else value
