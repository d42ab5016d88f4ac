"""Types that several sections of the settings share."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

SECRET_WORDS = ("secret", "password", "token", "credential", "access_key", "private_key")
NO_SECRETS = "secrets come from the environment only (AWS_ACCESS_KEY_ID ...)"


def _duration(value: Any) -> Any:
    """Reads `90s`, `15m`, `24h`, `7d`; pydantic reads anything else."""
    match = re.fullmatch(r"(\d+)\s*([smhd])", value.strip()) if isinstance(value, str) else None
    if not match:
        return value
    unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[match[2]]
    return timedelta(**{unit: int(match[1])})


def _owner(value: str) -> str:
    if re.fullmatch(r"team:\w+|[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return value
    raise ValueError("expected an e-mail address or 'team:name'")


def holds_a_secret(options: Any) -> bool:
    """True if a key at any depth is named like a secret."""
    if isinstance(options, list):
        return any(map(holds_a_secret, options))
    return isinstance(options, dict) and any(
        key in ("key", "secret", "sas")
        or any(word in str(key).lower() for word in SECRET_WORDS)
        or holds_a_secret(value)
        for key, value in options.items()
    )


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Owner = Annotated[str, AfterValidator(_owner)]
Engine = Literal["native", "unstructured"]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


def merged(base: Any, override: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(override, dict):
        return override
    return {
        key: merged(base[key], override[key])
        if key in base and key in override
        else override.get(key, base.get(key))
        for key in [*base, *(k for k in override if k not in base)]
    }
