"""The protocol, as a server of chat models that others wrote speaks it: `transformers serve` with a
model of random weights. What it says is noise, so nothing of it may be kept."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from doclake.project import Project
from doclake.search.answer import Answerer, Reply
from doclake.search.chat import Chat
from doclake.servers.client import Body, Servers
from doclake.settings import ChatSettings
from doclake.stages.generated_questions import generate

pytestmark = pytest.mark.slow
QUESTION = "How many litres does the pond hold?"
TEMPLATE = (
    "{% for one in messages %}<s>{{ one['role'] }}: {{ one['content'] }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<s>assistant: {% endif %}"
)
SENTENCES = [
    "You answer questions from numbered passages, and from nothing else.",
    "The pond holds 900 litres [1]. Tomatoes grow along the south wall [2].",
    "A spade hangs by the door, and nobody knows since when.",
]


def _write_model(folder: Path) -> None:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=["<s>", "</s>"])
    tokenizer.train_from_iterator(SENTENCES, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>")
    fast.chat_template = TEMPLATE
    fast.save_pretrained(folder)
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=len(fast),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=8192,
        bos_token_id=fast.bos_token_id,
        eos_token_id=fast.eos_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChatSettings]:
    folder = tmp_path_factory.mktemp("chat")
    _write_model(folder / "model")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("transformers"), "serve", folder / "model"]
    options = ["--device", "cpu", "--host", "127.0.0.1", "--port", str(port)]
    env = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "home")}
    url = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([*command, *options], env=env, stdout=log, stderr=log)
        try:
            end = time.monotonic() + 180
            while not _answers(url) and server.poll() is None and time.monotonic() < end:
                time.sleep(0.2)
            assert _answers(url), (folder / "log").read_text()
            yield ChatSettings(url=url, model=str(folder / "model"), answer_tokens=32, retries=0)
        finally:
            server.terminate()
            server.wait(30)


def _ask(flow, chat: ChatSettings, **changes: object) -> Reply:
    flow.configure(chat=chat.model_dump(mode="json", exclude_defaults=True) | changes)
    return Answerer(Project.open(flow.folder)).ask(QUESTION)


def test_noise_is_understood_and_no_sentence_of_it_is_kept(flow, chat):
    streamed, whole = _ask(flow, chat), _ask(flow, chat, stream=False)
    for reply in (streamed, whole):
        assert (reply.statements, reply.why) == (
            [],
            "The answer is longer than chat.answer_tokens.",
        )
        assert reply.refused and reply.context.passages
    assert streamed.refused == whole.refused  # the same words, however they came
    assert streamed.tokens == whole.tokens  # as the server counts them


def test_an_answer_comes_in_pieces_where_it_is_streamed(chat):
    server = Servers().of("chat", chat)

    def events(asked: bytes) -> int:
        said = b'{"model": "%s", "messages": [{"role": "user", "content": "The pond"}]%s}'
        data = said % (str(chat.model).encode(), asked)
        body = Body("application/json", len(data), lambda: [data])
        return len(list(server.stream("/v1/chat/completions", body)))

    assert events(b', "max_tokens": 32') == 1
    assert events(b', "max_tokens": 32, "stream": true') > 3


def test_a_model_that_the_server_does_not_have_is_told(flow, chat):
    reply = _ask(flow, chat, model="another")
    assert "HTTP 400" in (reply.why or "")
    assert reply.context.passages


def test_questions_of_noise_are_counted_and_not_used(flow, chat):
    settings = chat.model_dump(mode="json", exclude_defaults=True)
    flow.configure(chat=settings, evaluation={"ask_chat_server": True})
    report = generate(flow.project, "notes", 3, Chat())
    assert (report.alarms, report.counts["unfit"]) == ([], 3)
    rows = flow.lake.read("generated_questions").to_pylist()
    assert [row["question"] for row in rows] == [None] * 3
    assert all(row["server_tokens"] > 32 for row in rows)
