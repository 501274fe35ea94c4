"""What is said of an audit log: whole or not, where it is not, and what that rests on."""

from collections.abc import Sequence

from modelroute_cli.base.money import format_usd
from modelroute_cli.execution.audit.entries import Attempt, RequestEntry
from modelroute_cli.execution.audit.findings import Problem, Verified
from modelroute_cli.execution.audit.looking import Found
from modelroute_cli.report.screen import Line, Screen, plural, safe

_SHOWN = 20


def verified_screen(found: Verified) -> Screen:
    """The answer first, then each problem with its place."""
    if not found.is_whole:
        told = f"{plural(found.problem_count, 'problem')} in the audit log at {safe(found.place)}"
        more = found.problem_count - _SHOWN
        return (
            Line(told, "error"),
            *(Line(f"  {problem_text(problem)}") for problem in found.problems[:_SHOWN]),
            *((Line(f"  and {more:,} more (--json lists a hundred)"),) if more > 0 else ()),
        )
    if not found.entries:
        return (Line(f"The audit log at {safe(found.place)} has no entries"),)
    return (
        Line(
            f"{entries(found.entries)} in {plural(found.files, 'file')} of {safe(found.place)}: nothing was "
            "changed, cut, moved or put in"
        ),
        Line(f"Last entry: {last_entry(found)}:{found.hash}"),
        *(Line(text, "dim") for text in _rests_on(found)),
    )


def problem_text(problem: Problem) -> str:
    """`000001.2026-11.jsonl:9: entry 9, request mail-4: it was changed`; names are made safe."""
    place = safe(problem.file) if problem.line is None else f"{safe(problem.file)}:{problem.line}"
    entry = "" if problem.entry is None else f"entry {problem.entry:,}"
    request = "" if problem.custom_id is None else f"request {safe(problem.custom_id, most=60)}"
    about = ", ".join(part for part in (entry, request) if part)
    return ": ".join(part for part in (place, about, problem.what) if part)


def entries(count: int) -> str:
    """`1 entry`, `1,010 entries`."""
    return "1 entry" if count == 1 else f"{count:,} entries"


def last_entry(found: Verified) -> int:
    """Its number."""
    return (found.first or 1) + found.entries - 1


def _rests_on(found: Verified) -> list[str]:
    """What this does not rule out."""
    texts = []
    if found.first not in (None, 1):
        texts.append(f"Entries 1 to {(found.first or 1) - 1:,} were deleted by `audit prune`, which signed for it.")
    if found.unsealed:
        texts.append(f"{entries(found.unsealed)} behind the head, where a crash left them: modelroute audit catch-up")
    if found.keyed == 0:
        texts.append(
            "No key: who can write this folder can write the whole log anew. Note the line above elsewhere, "
            "and compare it with --noted, or set a key."
        )
    elif found.keyed < found.entries:
        texts.append(f"{found.entries - found.keyed:,} entries from before there was a key are not under it.")
    return texts


def request_screen(found: Sequence[Found]) -> Screen:
    """All that the log says of one request, in the order in which it was written."""
    return tuple(line for each in found if isinstance(each.entry, RequestEntry) for line in _request(each.entry, each))


def _request(entry: RequestEntry, found: Found) -> list[Line]:
    decided = entry.decision
    told = f"Run {safe(entry.run_id)}, entry {found.number:,} ({found.spot.file.name}:{found.spot.line})"
    lines = [
        Line(told, "bold"),
        Line(f"  planned: {safe(decided.model)} at {decided.service_tier}, {_reason(entry)}"),
        *(Line(f"  {text}") for attempt in entry.attempts for text in _attempt(attempt)),
    ]
    if entry.ended is not None:
        which = "" if entry.ended.attempt is None else f" by attempt {entry.ended.attempt:,}"
        lines.append(Line(f"  {entry.ended.status}{which}"))
    return lines


def _reason(entry: RequestEntry) -> str:
    if entry.duplicate_of is not None:
        return f"answered as row {entry.duplicate_of:,} was, which asks the same"
    quality = "" if entry.decision.quality is None else f", quality {entry.decision.quality:.2f}"
    return f"{safe(entry.decision.reason)}{quality}, {format_usd(entry.decision.cost_pusd, estimate=True)}"


def _attempt(attempt: Attempt) -> list[str]:
    """Where it went, what came back, and both digests."""
    cost = "cost unknown" if attempt.cost_pusd is None else format_usd(attempt.cost_pusd)
    place = ", ".join(part for part in (attempt.provider, attempt.region) if part)
    ending = attempt.failure or attempt.verdict or attempt.outcome or "open"
    sent = f"{attempt.at[:19]}Z  attempt {attempt.attempt:,} ({attempt.kind}): {safe(attempt.model)} at {safe(place)}"
    came = f"{safe(ending)}, {cost}{', emulated' if attempt.emulated else ''}"
    digests = {"prompt": attempt.prompt_sha256, "answer": attempt.answer_sha256}
    return [f"{sent}: {came}"] + [f"  {name} sha256 {digest}" for name, digest in digests.items() if digest is not None]
