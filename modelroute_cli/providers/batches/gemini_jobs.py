"""What Gemini says of a batch: a long-running operation, whose facts stand in one of two places each.

The reference (ai.google.dev/api/batch-api) has `metadata.output` and states that begin with BATCH_STATE_, the guide
(ai.google.dev/gemini-api/docs/batch-api) `response` and JOB_STATE_; google-genai 3.4 reads the first with either
spelling. All are read here, and a bare batch (the fields of `metadata` themselves) too.
"""

from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.batch import BatchPhase
from modelroute_cli.providers.batches.common import name_in

_PREFIXES = ("BATCH_STATE_", "JOB_STATE_")
_PHASES = {
    "QUEUED": BatchPhase.WAITING,
    "PENDING": BatchPhase.WAITING,
    "PAUSED": BatchPhase.WAITING,
    "RUNNING": BatchPhase.RUNNING,
    "UPDATING": BatchPhase.RUNNING,
    "CANCELLING": BatchPhase.CANCELLING,
    "SUCCEEDED": BatchPhase.ENDED,
    "PARTIALLY_SUCCEEDED": BatchPhase.ENDED,
    "CANCELLED": BatchPhase.ENDED,
    "EXPIRED": BatchPhase.ENDED,
}
_FAILED = "FAILED"
_SUCCEEDED = frozenset({"SUCCEEDED", "PARTIALLY_SUCCEEDED"})
_OWN_FAULT = frozenset({3, 5, 7, 8, 9, 11, 12, 16})  # google.rpc.Code: argument, not found, denied, quota, state, ...
_MESSAGES = {"CANCELLED": "it was cancelled", "EXPIRED": "its time ran out"}
_MOST_DIGITS = 15


def facts(job: object) -> object:
    """Where the fields of the batch stand: in `metadata`, else at the top."""
    metadata = loose.child(job, "metadata")
    return metadata if isinstance(metadata, dict) else job


def phase(job: object) -> BatchPhase:
    """Where it stands; an unknown state is at work as long as the operation is not done."""
    state = _state(job)
    if state == _FAILED or (_error(job) is not None and state not in _MESSAGES):
        return _failed(job)
    if _is_done(job):
        return BatchPhase.ENDED
    if state in _SUCCEEDED and not outputs(job):
        return BatchPhase.FINALIZING
    return _PHASES.get(state, BatchPhase.RUNNING)


def outputs(job: object) -> tuple[str, ...]:
    """Where its answers are: the name of a file, or its own name where they stand within it."""
    places = [loose.child(facts(job), "output"), loose.child(job, "response"), loose.child(job, "output")]
    files = [name for place in places if (name := name_in(place, "responsesFile"))]
    if files:
        return (files[0],)
    name = name_in(job, "name")
    return (name,) if name and any(loose.child(place, "inlinedResponses") for place in places) else ()


def count(job: object, name: str) -> int | None:
    """A count of its statistics, which Google writes as a string."""
    said = loose.child(facts(job), "batchStats", name)
    if isinstance(said, str) and said.isdecimal() and len(said) <= _MOST_DIGITS:
        return int(said)
    return loose.count(said)


def done(job: object) -> int | None:
    """How many requests came to an end: all that are not pending; where that is not said, those that are counted."""
    total, pending = count(job, "requestCount"), count(job, "pendingRequestCount")
    if total is not None and pending is not None and pending <= total:
        return total - pending
    ended = [count(job, name) for name in ("successfulRequestCount", "failedRequestCount")]
    known = [each for each in ended if each is not None]
    return sum(known) if known else None


def failed(job: object) -> int | None:
    """How many of these have no answer; Google writes no counts of nothing, so they are what did not succeed."""
    ended, succeeded = done(job), count(job, "successfulRequestCount")
    said = count(job, "failedRequestCount")
    return said if said is not None or ended is None or succeeded is None else max(0, ended - succeeded)


def message(job: object) -> str:
    """Why it failed, or how it ended, in Google's words where it has some."""
    said = loose.text(loose.child(_error(job), "message"))
    return said or _MESSAGES.get(_state(job), "")


def _state(job: object) -> str:
    """The state without its prefix; empty where none is said."""
    said = loose.text(loose.child(facts(job), "state")) or loose.text(loose.child(job, "state")) or ""
    for prefix in _PREFIXES:
        said = said.removeprefix(prefix)
    return said


def _error(job: object) -> object:
    """The error of the whole; None where there is none."""
    error = loose.child(job, "error") or loose.child(facts(job), "error")
    return error if isinstance(error, dict) and error else None


def _is_done(job: object) -> bool:
    return loose.child(job, "done") is True


def _failed(job: object) -> BatchPhase:
    """Refused where the error is ours and no line has an answer: else what there is is collected.

    Nothing says that Google bills no line of a batch that broke at its own fault, so such a one counts as worked on.
    """
    is_ours = loose.count(loose.child(_error(job), "code")) in _OWN_FAULT
    never_began = not outputs(job) and not count(job, "successfulRequestCount")
    return BatchPhase.REFUSED if is_ours and never_began else BatchPhase.ENDED
