"""Resources take their defaults from doclake.yaml, and a run may change any field alone."""

from __future__ import annotations

import dagster as dg

from doclake.settings import EmbeddingSettings
from resources.embedding_model import EmbeddingModel


def test_a_run_may_name_one_field_of_the_model_and_keep_the_others():
    seen: list[EmbeddingSettings] = []
    default = EmbeddingSettings(batch_tokens=1234, query_prompt="q: ")

    @dg.op
    def use(embedding_model: EmbeddingModel) -> None:
        seen.append(embedding_model.settings())

    @dg.job(resource_defs={"embedding_model": EmbeddingModel.of(default)})
    def job() -> None:
        use()

    job.execute_in_process()
    changed = {"resources": {"embedding_model": {"config": {"device": "cuda:1"}}}}
    job.execute_in_process(run_config=changed)
    assert seen == [default, default.model_copy(update={"device": "cuda:1"})]
