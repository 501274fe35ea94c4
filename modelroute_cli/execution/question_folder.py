"""The questions of a run in its folder: kept before the first is asked, read after a crash, and their answers."""

from pathlib import Path

from msgspec.structs import replace

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.schema import TaskType
from modelroute_cli.execution.journal_read import read_state
from modelroute_cli.execution.results import result_rows
from modelroute_cli.execution.run_folder import RunFolder, storage_error, write_whole
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.asking import QUESTIONS_NAME, Asking, digest
from modelroute_cli.planning.plan import Plan, Questions
from modelroute_cli.planning.question import answer


def questions_path(run: RunFolder) -> Path:
    """Where the questions of a run stand, as lines of a job file."""
    return run.questions().path / QUESTIONS_NAME


def keep(asking: Asking, run: RunFolder) -> None:
    """Write questions and their plan into the folder of `run`; StorageError."""
    folder = run.questions()
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        write_whole(questions_path(run), asking.content)
    except OSError as error:
        raise storage_error(folder.path, error) from error
    plan_file.write(asking.plan, folder.plan)


def stored(run: RunFolder, questions: Questions) -> Asking:
    """The questions that were kept, as they were planned; StorageError when they are not whole."""
    try:
        content = questions_path(run).read_bytes()
    except OSError as error:
        raise storage_error(questions_path(run), error) from error
    plan = plan_file.read(run.questions().plan)
    if digest(content) != plan.header.job.digest:
        message = f"`{questions_path(run)}` changed after the run was started"
        raise StorageError(message, hint="start anew with `--restart`")
    return Asking(content, plan, questions)


def asked(run: RunFolder, plan: Plan, questions: Questions) -> Questions:
    """`questions` with what was answered, spent and held; a template whose answer failed its gates has none."""
    journal = run.questions().journal
    rows = [row for row in result_rows(journal, plan) if row.status == "accepted"]
    found = {row.custom_id: said for row in rows if (said := answer(row.output)) is not None}
    return with_state(run, questions, found)


def with_state(run: RunFolder, questions: Questions, answers: dict[str, TaskType] | None) -> Questions:
    """`questions` with these answers and with what their journal says was spent and held."""
    journal = run.questions().journal
    if not journal.exists():
        return questions
    state = read_state(journal)
    return replace(
        questions,
        answers=answers,
        spent_pusd=state.spent_pusd,
        held_pusd=state.held_pusd,
        emulated=state.emulated,
    )
