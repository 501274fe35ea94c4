"""The questions to a pilot's judge, each round's in a folder of its own: an ordinary job that can be gone on with."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import polars as pl
from msgspec import structs

from modelroute_cli.base.schema import Request
from modelroute_cli.execution.adopting import Adoption
from modelroute_cli.execution.journal_answers import kept_answers
from modelroute_cli.execution.journal_read import read_state
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.pilot.folder import PilotFolder
from modelroute_cli.pilot.scorers.judge import JudgePlan

_JUDGING = "judging"
_QUESTIONS = "questions.jsonl"


def question_lines(plan: JudgePlan, requests: Mapping[str, Request]) -> bytes:
    """The questions as lines of a job file, each as private as the request that it is about; those by custom_id."""
    asked = (_about(each.request, requests[each.about[0].custom_id]) for each in plan.questions)
    return b"".join(msgspec.json.encode(each) + b"\n" for each in asked)


def _about(question: Request, request: Request) -> Request:
    """The question with what rules look at to say who may see a request."""
    return structs.replace(
        question,
        data_class=request.data_class,
        tenant=request.tenant,
        tags=request.tags,
        metadata=request.metadata,
        importance=request.importance,
    )


def judging_folder(pilot: PilotFolder, content: bytes) -> RunFolder:
    """The folder of these questions: the same for the same ones, so that a crash asks none twice."""
    return RunFolder(pilot.run.path / _JUDGING, hashlib.sha256(content).hexdigest()[:12])


def questions_path(folder: RunFolder) -> Path:
    """Where the questions stand."""
    return folder.path / _QUESTIONS


def about_path(folder: RunFolder) -> Path:
    """Where it stands which request each question is about."""
    return folder.path / "about.json"


def judge_adoptions(folder: RunFolder, assignments: pl.LazyFrame) -> tuple[Adoption, ...]:
    """The questions as attempts of the requests that they are about, for a plan that has them (ASSIGNMENTS)."""
    about = msgspec.json.decode(about_path(folder).read_bytes(), type=list[str])
    known = assignments.filter(pl.col("custom_id").is_in(about)).select("custom_id", "row").collect()
    rows = dict(known.iter_rows())
    return tuple(
        Adoption(at, rows[custom_id], is_final=False) for at, custom_id in enumerate(about) if custom_id in rows
    )


def said_in(folder: RunFolder) -> Mapping[str, str]:
    """What the judge said, by the custom_id of the question; nothing where it was not asked yet. StorageError."""
    if not folder.journal.exists():
        return {}
    names = [msgspec.json.decode(line)["custom_id"] for line in questions_path(folder).read_bytes().splitlines()]
    return {names[kept.row]: kept.output for kept in kept_answers(folder.journal)}


def judging_folders(pilot: PilotFolder) -> Iterator[RunFolder]:
    """The folders of all questions that were asked, in no order."""
    root = pilot.run.path / _JUDGING
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        folder = RunFolder(root, path.name)
        if folder.journal.exists():
            yield folder


def judging_money(pilot: PilotFolder) -> tuple[int, int]:
    """What was spent on the judge, and what is held for questions whose outcome is unknown; StorageError."""
    states = [read_state(folder.journal) for folder in judging_folders(pilot)]
    return sum(state.spent_pusd for state in states), sum(state.held_pusd for state in states)
