"""Models of the Hugging Face hub, downloaded only when they are named."""

from __future__ import annotations

import os
import re
from pathlib import Path

from doclake.errors import ModelError

_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w.-]+")


def is_hub_id(name: str) -> bool:
    return bool(_HUB_ID.fullmatch(name)) and not Path(name).expanduser().is_dir()


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
