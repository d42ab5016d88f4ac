"""`doclake curate train` learns from labels, tells what that is worth and how to use it."""

from __future__ import annotations

import json

from doclake.project import Project


def test_the_command_says_what_to_write_into_the_settings_and_they_take_it(flow, command, capsys):
    labels = flow.folder / "labels.csv"
    lines = [f"Tomatoes grow along wall {n}.,good" for n in range(4)]
    lines += [f"Buy {n} now!!!,advert" for n in range(4)]
    labels.write_text("text,label\n" + "\n".join(lines), "utf-8")
    capsys.readouterr()
    assert command("curate", "train", "--labels", str(labels)) == 0
    told = capsys.readouterr().out
    assert "recall" in told and "8 documents" in told
    setting = told[told.index("recipe:") :].replace("\n  ", "\n")
    with (flow.folder / "doclake.yaml").open("a") as file:
        file.write(setting)
    named = Project.open(flow.folder).settings.recipe.curation.classifier
    assert named.policy == "flag"
    assert named.model is not None and named.model.startswith(str(flow.folder))
    assert command("curate", "train", "--labels", str(labels), "--json") == 0
    assert json.loads(capsys.readouterr().out)["file"] == named.model


def test_labels_that_are_wrong_or_lacking_are_a_mistake(flow, command, capsys):
    assert command("curate", "train") == 2
    assert "--labels FILE" in capsys.readouterr().err
    assert command("curate", "train", "--labels", str(flow.folder / "none.csv")) == 2
    assert "Nothing was written" in capsys.readouterr().err
    assert not (flow.folder / "classifiers").exists()
