"""The questions of a run in its folder: kept, read again, answered."""

import hashlib
from pathlib import Path

import msgspec
import pytest
from support.fake_transport import Act, FakeProvider, answer, in_turn
from support.plans import CHEAP, Row, plan_of
from support.runs import Job, run

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.execution.question_folder import asked, keep, questions_path, stored, with_state
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.planning.asking import Asking, digest
from modelroute_cli.planning.plan import Plan, Questions

CONTENT = b'{"custom_id": "a"}\n'
QUESTIONS = Questions(
    model=CHEAP,
    templates=3,
    requests=30,
    input_tokens=300,
    output_tokens=60,
    cost_pusd=PicoUSD(1_800),
    cost_low_pusd=PicoUSD(900),
    cost_range_pusd=PicoUSD(2_700),
    cost_high_pusd=PicoUSD(6_300),
)


def three() -> list[Row]:
    """Questions about templates `a`, `b` and `c`."""
    return [Row(request=Request(custom_id=name, prompt="which?", model=CHEAP)) for name in "abc"]


def asking() -> Asking:
    """Their plan, of these bytes."""
    plan = plan_of(three())
    job = msgspec.structs.replace(plan.header.job, digest=digest(CONTENT))
    return Asking(CONTENT, Plan(msgspec.structs.replace(plan.header, job=job), plan.assignments), QUESTIONS)


def test_the_digest_is_that_of_a_job_file() -> None:
    """As every job file is named."""
    assert digest(CONTENT) == f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    """In a folder inside the run's, under an id of its own."""
    folder = RunFolder(tmp_path, "0123456789ab")
    keep(asking(), folder)
    again = stored(folder, QUESTIONS)
    assert (again.content, again.plan.header, again.questions) == (CONTENT, asking().plan.header, QUESTIONS)
    assert folder.questions().path == folder.path / "questions"
    assert folder.questions().run_id == "0123456789ab0"
    assert questions_path(folder).read_bytes() == CONTENT


def test_questions_that_changed_or_are_gone_are_not_asked(tmp_path: Path) -> None:
    """What goes on is what was approved."""
    folder = RunFolder(tmp_path, "0123456789ab")
    with pytest.raises(StorageError, match="cannot use the run folder"):
        stored(folder, QUESTIONS)
    keep(asking(), folder)
    questions_path(folder).write_bytes(b"{}\n")
    with pytest.raises(StorageError, match="changed after the run was started"):
        stored(folder, QUESTIONS)


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """Before anything is asked."""
    (tmp_path / "0123456789ab").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="cannot use the run folder"):
        keep(asking(), RunFolder(tmp_path, "0123456789ab"))


def test_only_accepted_answers_that_name_a_type_count(tmp_path: Path) -> None:
    """Prose and empty answers leave their templates as they were; all that was spent counts."""
    folder = RunFolder(tmp_path, "0123456789ab").questions()
    folder.path.mkdir(parents=True)
    job = Job.of(three(), folder.path)
    said = {"a": answer('{"task_type": "math"}'), "b": answer("It is maths, I think."), "c": answer("")}
    run(job, FakeProvider(lambda call, _: Act(said[call.request.custom_id])))
    found = asked(RunFolder(tmp_path, "0123456789ab"), job.plan, QUESTIONS)
    assert found.answers == {"a": TaskType.MATH}
    assert found.spent_pusd == 3 * 600
    assert (found.held_pusd, found.pending, found.expected_pusd) == (0, False, 1_800)


def test_money_of_questions_whose_outcome_is_unknown_stays_held(tmp_path: Path) -> None:
    """They may have been billed."""
    folder = RunFolder(tmp_path, "0123456789ab").questions()
    folder.path.mkdir(parents=True)
    job = Job.of(three()[:1], folder.path)
    run(job, FakeProvider(in_turn(None, answer('{"task_type": "code"}'))))
    found = asked(RunFolder(tmp_path, "0123456789ab"), job.plan, QUESTIONS)
    assert (found.spent_pusd, found.held_pusd, found.most_pusd) == (600, 2_100, 2_700)


def test_questions_that_were_not_sent_yet_cost_nothing(tmp_path: Path) -> None:
    """A run that was approved a moment ago."""
    assert with_state(RunFolder(tmp_path, "0123456789ab"), QUESTIONS, None) is QUESTIONS
