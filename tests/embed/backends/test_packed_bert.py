"""The encoder without padding has the vectors of sentence-transformers, for each model it knows."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from transformers import AutoConfig, AutoModel, PreTrainedTokenizerFast

from doclake.embed.backends import packed_bert
from doclake.embed.backends.packed_bert import PackedBert, pooling_of
from doclake.embed.backends.sentence_model import SentenceModel
from doclake.errors import ModelError

LENGTHS = [31, 7, 7, 7, 3, 2, 19, 19]
TEXTS = [torch.randint(5, 90, (n,), generator=torch.manual_seed(n)).tolist() for n in LENGTHS]


@pytest.fixture(scope="module", params=["bert", "xlm-roberta", "roberta"])
def kind(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def folder(kind, tmp_path_factory):
    """A model of random weights, saved by sentence-transformers."""
    return _saved(tmp_path_factory.mktemp("models") / kind, kind, "mean")


def _saved(folder, kind, pooling):
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4}
    sizes |= {"vocab_size": 100, "intermediate_size": 64, "max_position_embeddings": 64}
    config = AutoConfig.for_model(kind, pad_token_id=1, **sizes)
    bare = folder.with_name(f"{folder.name}-{pooling}-bare")
    AutoModel.from_config(config).save_pretrained(bare)
    _tokenizer().save_pretrained(bare)
    parts = [Transformer(str(bare)), Pooling(32, pooling_mode=pooling), Normalize()]
    SentenceTransformer(modules=parts).save(str(folder))
    return folder


def _tokenizer() -> PreTrainedTokenizerFast:
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = {"[PAD]": 1, "[UNK]": 0} | {f"w{n}": n for n in range(2, 100)}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]")


def _words(tokens):
    return " ".join(f"w{token}" for token in tokens)


def _of_library(folder):
    model = SentenceModel("model", str(folder), "cpu", "float32")
    vectors, states = model([_words(text) for text in TEXTS], TEXTS)
    return vectors.numpy(), states.numpy()


def test_vectors_and_tokens_equal_those_of_the_library(folder):
    assert pooling_of(folder) == "mean"
    vectors, states = PackedBert(folder, "cpu", torch.float32)(TEXTS)
    expected, expected_states = _of_library(folder)
    assert np.abs(vectors.numpy() - expected).max() < 1e-5
    assert np.abs(states.numpy() - expected_states).max() < 1e-5


def test_the_first_token_may_stand_for_the_text(kind, tmp_path):
    folder = _saved(tmp_path / kind, kind, "cls")
    assert pooling_of(folder) == "cls"
    vectors, _ = PackedBert(folder, "cpu", torch.float32)(TEXTS)
    assert np.abs(vectors.numpy() - _of_library(folder)[0]).max() < 1e-5


def test_texts_padded_together_have_the_same_vectors(folder, monkeypatch):
    """As they are on a GPU."""
    vectors, states = PackedBert(folder, "cpu", torch.float32)(TEXTS)
    monkeypatch.setattr(packed_bert, "_UNPADDED", ())
    padded, padded_states = PackedBert(folder, "cpu", torch.float32)(TEXTS)
    assert (vectors - padded).abs().max() < 1e-5
    assert (states - padded_states).abs().max() < 1e-5


def test_half_the_precision_moves_a_vector_by_less_than_the_tolerance(folder):
    vectors, _ = PackedBert(folder, "cpu", torch.float32)(TEXTS)
    half, _ = PackedBert(folder, "cpu", torch.bfloat16)(TEXTS)
    assert half.dtype == torch.float32
    assert (vectors * half).sum(1).min() > 0.9999


def test_a_tokenizer_that_disagrees_with_the_model_is_refused(folder):
    model = SentenceModel("model", str(folder), "cpu", "float32")
    with pytest.raises(ModelError, match="counts other tokens"):
        model(["w2 w3 w4"], [[2, 3]])


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("config.json", {"model_type": "mpnet"}),
        ("config.json", {"hidden_act": "relu"}),
        ("config.json", {"is_decoder": True}),
        ("1_Pooling/config.json", {"pooling_mode": "max"}),
        ("1_Pooling/config.json", {"include_prompt": False}),
        ("modules.json", None),
    ],
)
def test_a_model_of_another_make_is_left_to_the_library(folder, tmp_path, file, changes):
    other = shutil.copytree(folder, tmp_path / "other")
    path = other / file
    known = json.loads(path.read_text())
    path.write_text(json.dumps(known | changes if changes else [*known, {"type": "x.Dense"}]))
    assert pooling_of(other) is None
    assert pooling_of(tmp_path / "none") is None
