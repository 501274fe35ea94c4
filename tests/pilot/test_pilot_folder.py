"""A pilot in its folder: what is written is read back, whole or with a clear word."""

from pathlib import Path

import pytest
from msgspec import structs
from support.pilot_designs import design, seen

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import JudgeRule, Request
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.pilot.folder import FINISHED, PilotEnd, PilotFacts, PilotFolder, list_pilots
from modelroute_cli.pilot.judging_folder import judging_folder, judging_folders, judging_money, question_lines, said_in
from modelroute_cli.pilot.scorers.answers import Answer
from modelroute_cli.pilot.scorers.judge import Judging, judge_plan

MADE = design()
FACTS = PilotFacts(settings_digest="sha256:1", scorer="auto", baseline="base")
END = PilotEnd(status=FINISHED, spent_pusd=PicoUSD(5), held_pusd=PicoUSD(0), emulated=True)
TOLD = seen(MADE, {"base": (1.0, 0.0), "cheap": (1.0, 1.0)})


@pytest.fixture
def folder(tmp_path: Path) -> PilotFolder:
    """An empty one."""
    made = PilotFolder(RunFolder(tmp_path, "0123456789ab"))
    made.make()
    return made


def test_what_is_kept_is_read_back(folder: PilotFolder) -> None:
    """Design, facts, measurements and the end."""
    folder.keep(MADE, FACTS)
    assert (folder.design(), folder.facts(), folder.end(), folder.scored()) == (MADE, FACTS, None, ())
    folder.finish(TOLD, END)
    assert (folder.end(), folder.scored(), folder.measured("base")) == (END, TOLD, TOLD)


def test_people_have_the_last_word_where_they_saw_a_pair(folder: PilotFolder) -> None:
    """A label of one model alone cannot be set beside another scorer's word for the baseline."""
    folder.keep_observations(TOLD)
    pair = [structs.replace(each, quality=0.5, scorer="labels") for each in TOLD if each.custom_id == "r0"]
    folder.keep_labels(pair[:1])
    assert {each.scorer for each in folder.measured("base")} == {"expected"}
    folder.keep_labels(pair)
    assert [each.quality for each in folder.measured("base") if each.custom_id == "r0"] == [0.5, 0.5]
    assert {each.scorer for each in folder.measured("base") if each.custom_id == "r1"} == {"expected"}


def test_a_later_label_takes_the_place_of_an_earlier_one(folder: PilotFolder) -> None:
    """Of the same answer."""
    first = structs.replace(TOLD[0], quality=0.0, scorer="labels")
    folder.keep_labels([first])
    folder.keep_labels([structs.replace(first, quality=1.0)])
    assert [each.quality for each in folder.labels()] == [1.0]


def test_a_design_of_a_newer_version_is_refused(folder: PilotFolder) -> None:
    """Its meaning is not known here."""
    folder.keep(structs.replace(MADE, format=2), FACTS)
    with pytest.raises(StorageError, match="was made by a newer modelroute"):
        folder.design()


def test_a_damaged_file_is_told_by_its_name(folder: PilotFolder) -> None:
    """Nothing of it is believed."""
    folder.keep(MADE, FACTS)
    (folder.run.path / "design.json").write_text("{")
    with pytest.raises(StorageError, match=r"design\.json"):
        folder.design()
    folder.observations.write_text('{"custom_id": "r0"}\n')
    with pytest.raises(StorageError, match=r"observations\.jsonl"):
        folder.scored()


def test_only_begun_pilots_are_listed(tmp_path: Path, folder: PilotFolder) -> None:
    """A folder without facts is one that nothing was sent for."""
    del folder
    assert list_pilots(tmp_path) == []
    assert list_pilots(tmp_path / "none") == []


def test_the_same_questions_have_the_same_folder(folder: PilotFolder) -> None:
    """So that a crash asks none of them twice; each is as private as the request it is about."""
    part = MADE.parts[0]
    answer = Answer(
        custom_id="r0", template="t1", task_type=part.task_type, language="en", model="cheap", output="four"
    )
    request = Request(custom_id="r0", prompt="2 + 2", tenant="acme", tags=("secret",))
    judging = Judging(judge="j", rule=JudgeRule(model="j"), baseline="base")
    lines = question_lines(judge_plan([answer], {"r0": request}.__getitem__, judging), {"r0": request})
    assert b'"tenant":"acme"' in lines
    assert b'"secret"' in lines
    assert judging_folder(folder, lines).path == judging_folder(folder, lines).path
    assert judging_folder(folder, lines).path != judging_folder(folder, lines + b" ").path
    assert said_in(judging_folder(folder, lines)) == {}
    assert (list(judging_folders(folder)), judging_money(folder)) == ([], (0, 0))
