"""Models of the Hugging Face hub, downloaded only when they are named."""

from __future__ import annotations

import os
from pathlib import Path

from doclake.errors import ModelError
from doclake.errors.foreign import in_words
from doclake.settings.embedding import is_hub_id

ANSWER_SECONDS = 20.0
_UNUSED = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.gguf"]


def stay_offline(name: str) -> None:
    """Keeps the Hugging Face libraries off the network, unless `name` is a hub id.

    Must run before they are imported: they read the variables once. Leaves a value alone that a
    person set.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    if not is_hub_id(name):
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")


def from_hub(name: str, revision: str | None) -> Path:
    """The folder of a model, fetched if it must be; as it is here, while the hub gives no answer.
    Raises `ModelError`."""
    try:
        require_on_hub(name, revision)
    except ModelError:
        folder = here(name, revision)
        if folder is None:
            raise
        return folder
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, revision=revision, ignore_patterns=_UNUSED))
    except Exception as error:  # the library raises its own, httpx's and the system's errors
        raise _out_of_reach(name, revision, error) from error


def require_on_hub(name: str, revision: str | None) -> None:
    """Raises `ModelError` if the hub does not know the model, or does not say so in time.

    The library itself would wait for a hub that hangs without end.
    """
    stay_offline(name)
    from huggingface_hub import HfApi

    try:
        HfApi().model_info(name, revision=revision, timeout=ANSWER_SECONDS)
    except Exception as error:  # as above
        raise _out_of_reach(name, revision, error) from error


def here(name: str, revision: str | None) -> Path | None:
    """The folder of a model that was fetched before."""
    stay_offline(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = snapshot_download(
            name, revision=revision, ignore_patterns=_UNUSED, local_files_only=True
        )
    except LocalEntryNotFoundError:
        return None
    return Path(folder)


def _out_of_reach(name: str, revision: str | None, error: Exception) -> ModelError:
    return ModelError(
        f"The model {name} could not be fetched from the hub: {in_words(error)}.",
        mend="Check its name and revision, the network, and HF_TOKEN if it is not public; "
        "offline, fetch it beforehand into HF_HOME or name a local folder. A folder is written "
        f"./{name}.",
        model=name,
        revision=revision,
    )
