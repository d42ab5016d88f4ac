"""Who belongs to which groups."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from doclake.settings.fields import Duration, FileHere, Model, Text, as_list

_NOW = timedelta(0)


class PrincipalSettings(Model):
    """Where it stands which groups there are and who belongs to them, apart from the content: a
    mapping of each group to the list of its members, which may be groups."""

    file: FileHere | None = Field(
        None, description="YAML or JSON file, read again as soon as it changes"
    )
    command: Annotated[tuple[Text, ...], BeforeValidator(as_list)] = Field(
        (),
        description="Program, with its arguments, that prints the same as JSON or YAML; in place "
        "of `file`",
    )
    refresh: Duration = Field(
        timedelta(minutes=5),
        ge=_NOW,
        description="How long what the command printed is used; then a search asks it again",
    )
    timeout: Duration = Field(
        timedelta(seconds=10), gt=_NOW, description="Wait for the command; it is killed then"
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.file and self.command:
            raise ValueError("either file or command")
        return self
