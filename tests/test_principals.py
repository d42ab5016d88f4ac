"""Groups come from a file or a program, and are as they are now."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from doclake.errors import GroupsUnknown, SettingsError
from doclake.principals import MOST, Directory
from doclake.settings import Settings

GROUPS = """
group:재무: [user:kim, group:accounting]
group:accounting: [user:lee]
"""
CIRCLE = "group:a: [group:b]\ngroup:b: [group:c, user:x]\ngroup:c: [group:a, group:c]\n"


def _names(groups, *asking: str) -> set[str]:
    return set(groups.asker(asking).names) - {"everyone"}


def _of_file(folder: Path, text: str | bytes | None) -> Settings:
    file = folder / "principals.yaml"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Settings(principals={"file": "principals.yaml"}, config_dir=folder)


def _of_program(folder: Path, code: str, **section: object) -> Settings:
    (folder / "groups.py").write_text(code)
    command = {"command": [sys.executable, "groups.py"]} | section
    return Settings(principals=command, config_dir=folder)


def test_a_member_of_a_group_belongs_to_the_groups_above_it(tmp_path):
    groups = Directory().groups(_of_file(tmp_path, GROUPS))
    assert _names(groups, "user:kim") == {"user:kim", "group:재무"}
    assert _names(groups, "user:lee") == {"user:lee", "group:accounting", "group:재무"}
    assert _names(groups, "group:accounting") == {"group:accounting", "group:재무"}
    assert _names(groups, "user:Kim", "kim") == {"user:Kim", "kim"}
    assert _names(groups) == set()


def test_groups_that_hold_one_another_are_one_circle_and_no_end(tmp_path):
    groups = Directory().groups(_of_file(tmp_path, CIRCLE))
    assert _names(groups, "user:x") == {"user:x", "group:a", "group:b", "group:c"}


def test_a_name_in_two_unicode_forms_is_one_principal(tmp_path):
    decomposed = "group:re\u0301: [user:jose\u0301]\ngroup:r\u00e9: [user:ana]\n"
    groups = Directory().groups(_of_file(tmp_path, decomposed))
    assert "group:r\u00e9" in _names(groups, "user:jos\u00e9")
    assert "group:r\u00e9" in _names(groups, "user:ana")


def test_without_a_file_and_a_program_everybody_is_who_he_says():
    assert _names(Directory().groups(Settings()), "user:kim") == {"user:kim"}
    with pytest.raises(SettingsError):
        Directory().groups(Settings()).asker(["a\nb"])


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "nothing"),
        ("- user:kim", "a list"),
        ("group:a: user:kim", "group:a"),
        ("group:a:", "group:a"),
        ("group:a: [user:kim, 5]", "group:a.1"),
        ("group:a: [user:kim, [user:lee]]", "group:a.1"),
        ("group:a: [' user:kim']", "group:a.0"),
        ('group:a: ["user:\\u202ekim"]', "group:a.0"),
        ("group:a: [everyone]", "everyone"),
        ("everyone: [user:kim]", "everyone"),
        ("5: [user:kim]", "5"),
        ("'': [user:kim]", "a name that is not blank"),
        ("group:a: [user:kim]\ngroup:a: [user:lee]", "twice"),
        ('{"group:a": ["user:kim"], "group:a": []}', "twice"),
        ("group:a: [user:kim", "not closed"),
        ("!!python/object/apply:os.getpid []", "expected"),
        (b"group:a: [\xff\xfe]", "expected"),
        ("[" * 100_000, "expected"),
    ],
)
def test_a_file_that_is_wrong_makes_no_one_a_member_of_anything(tmp_path, text, where):
    with pytest.raises(GroupsUnknown) as unknown:
        Directory().groups(_of_file(tmp_path, text))
    assert where in str(unknown.value)
    assert "principals.yaml" in str(unknown.value)
    assert unknown.value.problems
    assert "doclake check" in unknown.value.mend


def test_the_line_of_a_wrong_name_is_told(tmp_path):
    with pytest.raises(GroupsUnknown, match=r"line 3: group:b\.1"):
        Directory().groups(_of_file(tmp_path, "group:a: [user:kim]\n\ngroup:b: [user:lee, 7]\n"))


def test_a_file_is_read_again_when_it_has_changed_and_while_it_is_gone_nobody_is_known(tmp_path):
    directory, settings = Directory(), _of_file(tmp_path, GROUPS)
    assert directory.groups(settings) is directory.groups(settings)
    _of_file(tmp_path, GROUPS.replace("user:lee", "user:han"))
    assert _names(directory.groups(settings), "user:lee") == {"user:lee"}
    (tmp_path / "principals.yaml").unlink()
    for _ in range(2):
        with pytest.raises(GroupsUnknown, match="No such file"):
            directory.groups(settings)
    _of_file(tmp_path, GROUPS)
    assert "group:재무" in _names(directory.groups(settings), "user:lee")


def test_a_program_prints_the_same_as_json_or_as_yaml(tmp_path):
    as_json = json.dumps({"group:재무": ["user:kim"]}, ensure_ascii=False)
    for text in (as_json, GROUPS):
        settings = _of_program(tmp_path, f"print({text!r})")
        assert "group:재무" in _names(Directory().groups(settings), "user:kim")


def test_a_program_is_asked_again_when_its_answer_is_too_old_and_not_before(tmp_path):
    code = "f = open('log', 'a'); f.write('x'); f.close()\n"
    code += "print('group:n: [user:%d]' % len(open('log').read()))"
    directory, settings = Directory(), _of_program(tmp_path, code, refresh="1s")
    for _ in range(3):
        assert "group:n" in _names(directory.groups(settings), "user:1")
    time.sleep(1)
    assert _names(directory.groups(settings), "user:1") == {"user:1"}
    assert (tmp_path / "log").read_text() == "xx"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import sys; sys.exit('password=hunter2hunter2')", "exit status 1"),
        ("import time; time.sleep(60)", "within 1 s"),
        ("print('group:a: user:kim')", "group:a"),
        ("pass", "nothing"),
    ],
)
def test_a_program_that_fails_makes_no_one_a_member_and_is_not_asked_at_once(
    tmp_path, code, told, caplog
):
    count = "open('log', 'a').write('x')\n"
    settings = _of_program(tmp_path, count + code, refresh="1h", timeout="1s")
    directory = Directory()
    for _ in range(3):
        with pytest.raises(GroupsUnknown, match=told) as unknown:
            directory.groups(settings)
        assert "hunter2" not in str(unknown.value) + str(unknown.value.facts) + caplog.text
    assert (tmp_path / "log").read_text() == "x"


def test_another_program_in_the_settings_counts_at_once(tmp_path):
    directory = Directory()
    directory.groups(_of_program(tmp_path, "print('group:a: [user:kim]')"))
    settings = _of_program(tmp_path, "print('group:b: [user:kim]')", refresh="1h")
    assert _names(directory.groups(settings), "user:kim") == {"user:kim", "group:b"}


def test_what_is_too_large_is_not_read(tmp_path):
    with pytest.raises(GroupsUnknown, match="too large"):
        Directory().groups(_of_file(tmp_path, b" " * (MOST + 1)))


def test_all_problems_are_told(tmp_path):
    with pytest.raises(GroupsUnknown) as unknown:
        Directory().groups(_of_file(tmp_path, "group:a: [user:kim, 1]\ngroup:b: [2]\n"))
    assert [key for key, _, _ in unknown.value.problems] == ["group:a.1", "group:b.0"]
