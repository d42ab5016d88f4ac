"""What `doclake` exports: by hand, lazily, typed, and as docs/python.md shows it."""

from __future__ import annotations

import re
import subprocess
import sys

import doclake
from doclake import errors


def test_the_exported_names_are_those_that_are_promised():
    assert doclake.__all__ == [
        "ExtractedDocument",
        "Hit",
        "Memories",
        "Memory",
        "Project",
        "Settings",
        "StageReport",
        "errors",
        "extract_file",
    ]
    assert dir(doclake) == sorted(doclake.__all__)
    for name in doclake.__all__:
        assert getattr(doclake, name) is not None


def test_the_package_itself_imports_nothing(repository):
    code = "import sys, doclake; print(*(name for name in sys.modules if name[:8] == 'doclake.'))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_the_page_about_python_runs_as_it_stands(repository, flow, monkeypatch, capsys):
    monkeypatch.chdir(flow.folder)
    page = (repository / "docs" / "python.md").read_text("utf-8")
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(compile(block, "docs/python.md", "exec"), names)
    shown = capsys.readouterr().out
    assert "[notes] tools.txt" in shown
    assert "notes search_index" in shown
    assert "garden.md text/markdown None" in shown
    assert "Kim wants to be called in the morning." in shown and "2 texts so far" in shown
    assert "Name one with --config" in shown


def test_types_reach_those_who_use_the_package(repository, tmp_path):
    (tmp_path / "use.py").write_text(
        "from doclake import Project\nreveal_type(Project.open().search('?'))\nProject.open(5)\n"
    )
    # Without the types of other packages, which would be read for a minute.
    options = ["--no-incremental", "--no-site-packages", "--ignore-missing-imports"]
    command = [sys.executable, "-m", "mypy", *options, "use.py"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env={"MYPYPATH": str(repository)}
    )
    assert "list[doclake.search.hits.Hit]" in done.stdout, done.stdout + done.stderr
    assert 'Argument 1 to "open" of "Project" has incompatible type "int"' in done.stdout


def test_a_table_that_does_not_exist_is_refused_by_name(flow):
    project = doclake.Project.open(flow.folder)
    try:
        project.table("chunk")
    except errors.LakeError as error:
        assert "chunks" in error.mend
    else:
        raise AssertionError("no error")
