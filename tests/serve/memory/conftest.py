from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
import yaml

from doclake.project import Project
from tests.serve.memory.talk import TOKENS
from tests.served import Served, serving


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("memory")
    rows = [
        {"sha256": hashlib.sha256(token.encode()).hexdigest(), **known}
        for token, known in TOKENS.items()
    ]
    (folder / "tokens.yaml").write_text(yaml.safe_dump(rows))
    (folder / "groups.yaml").write_text("pool:support: [agent:ada, agent:bob]\n")
    (folder / "doclake.yaml").write_text(
        "lake: lake\nsources: {}\nprincipals: {file: groups.yaml}\n"
        "serve: {token_file: tokens.yaml, requests_per_minute: 10000}\n"
    )
    return Project.open(folder / "doclake.yaml")


@pytest.fixture(scope="module")
def server(project: Project) -> Iterator[Served]:
    with serving(project) as served:
        yield served
