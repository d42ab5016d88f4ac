"""What embeds on a node, without Ray around it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from doclake.embed import release_model, resolve
from doclake.embed.backends.actor import EmbeddingActor, identity_of
from doclake.embed.backends.base import Item, Work
from doclake.embed.backends.worker import Job
from doclake.embed.models.source import ModelSource
from doclake.errors import ExecutorUnavailable, ModelError
from doclake.settings import EmbeddingSettings

SETTINGS = EmbeddingSettings(model="all-MiniLM-L6-v2", device="cpu", dtype="float32")


@pytest.fixture(scope="module")
def source() -> ModelSource:
    return resolve(SETTINGS)


def test_it_computes_what_it_is_given(source, english):
    actor = EmbeddingActor()
    assert actor.load(SETTINGS, identity_of(SETTINGS, source)).dimension == 384
    (ids,) = english.counter.tokens("", ["A cat sat on the mat."])
    item = Item(0, "A cat sat on the mat.", ids, np.ones(len(ids), bool))
    ((place, vector, kept),) = actor.compute(Job([item], Work("document", "", "nothing"), None))
    assert (place, kept) == (0, None)
    alone = english.encode_documents([item.text])
    release_model()
    assert np.abs(vector - alone.vectors[0]).max() < 1e-5


def test_another_model_of_the_same_name_is_refused(source, tmp_path):
    identity = identity_of(SETTINGS, source)
    other = SETTINGS.model_copy(update={"revision": "another"})
    with pytest.raises(ExecutorUnavailable, match="another model than where the run was started"):
        EmbeddingActor().load(other, identity)


def test_a_model_of_the_hub_is_known_by_its_commit(source):
    named = SETTINGS.model_copy(update={"model": "org/name"})
    one, other = (replace(source, folder=source.folder / commit) for commit in ("1a", "2b"))
    assert identity_of(named, one) != identity_of(named, other)
    assert identity_of(SETTINGS, one) == identity_of(SETTINGS, other)


def test_a_device_that_the_node_lacks_is_told_with_what_to_do(source):
    import torch

    absent = SETTINGS.model_copy(update={"device": f"cuda:{torch.cuda.device_count()}"})
    with pytest.raises(ModelError, match="is not available") as raised:
        EmbeddingActor().load(absent, identity_of(absent, source))
    assert "embedding.ray.num_gpus" in raised.value.mend
