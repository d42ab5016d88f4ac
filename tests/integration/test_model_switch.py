"""Models change although runs are killed; a worse one does not take over."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from doclake import fingerprints
from doclake.stages import search_index
from tests.flow import MODEL
from tests.golden import FACTS, OTHER, asked, configure, embed, found, serves

KILLED = """
import os, signal, sys
from doclake.index.index import SearchIndex
from doclake.project import Project
from doclake.stages import search_index
saves, save = [], SearchIndex.save
def dying(self, state):
    saves.append(state)
    if len(saves) == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    save(self, state)
SearchIndex.save = dying
search_index.run(Project.open(sys.argv[1]))
"""
KOREAN = {
    "등대지기는 새벽에 염소에게 먹이를 준다.": "누가 염소를 돌보나요?",
    "다시마는 건조대에서 아흐레 동안 말린다.": "해초는 얼마나 오래 널어 두나요?",
    "폭풍이 치면 여객선은 출항하지 않는다.": "배는 언제 항구에 머무르나요?",
    "급여는 매월 열흘에 지급된다.": "직원들은 언제 월급을 받나요?",
    "터빈실에서는 안전모를 써야 한다.": "방문객은 머리에 무엇을 착용하나요?",
    "학교는 사 학년부터 프랑스어를 가르친다.": "학생들은 어떤 외국어를 배우나요?",
    "교회 뒤에서 벌을 친다.": "벌통은 어디에 있나요?",
    "우물은 가뭄이 든 해에 팠다.": "물을 긷는 곳은 언제 만들어졌나요?",
}


@pytest.mark.slow
@pytest.mark.parametrize("save", [2, 3, 4])
def test_a_switch_that_is_killed_before_any_of_its_saves_goes_on(tmp_path, save):
    """The first save says that the index is in step with the lake, the second that a table is being
    built beside it, the third that it is complete, the fourth that it takes over."""
    flow = asked(tmp_path / "flow", FACTS, MODEL)
    before = serves(flow)
    configure(flow, OTHER)
    embed(flow)
    command = [sys.executable, "-c", KILLED, str(flow.folder), str(save)]
    assert subprocess.run(command).returncode == -signal.SIGKILL
    assert serves(flow) == before
    assert found(flow) == "fact6.txt"
    assert search_index.run(flow.project).alarms == []
    assert serves(flow) == fingerprints.model(flow.settings.embedding)
    assert flow.findings() == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_model_of_english_alone_does_not_take_over_where_questions_are_korean(tmp_path):
    """Two real models."""
    bundled = {"model": "multilingual-e5-small", "device": "cpu"}
    flow = asked(tmp_path / "flow", KOREAN, bundled)
    before = serves(flow)
    configure(flow, MODEL)
    (alarm,) = flow.run()["search_index"].alarms
    assert "those of all-MiniLM-L6-v2 do not take over" in alarm.message
    assert serves(flow) == before
    assert found(flow, "벌통은 어디에 있나요?") == "fact6.txt"
