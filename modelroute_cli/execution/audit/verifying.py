"""Checks a log: every change, cut, swap, insertion and missing file, told where it is.

What cannot be told from the chain alone is a cut at its end, for which the head stands, and a log that somebody wrote
anew as a whole, for which a key or a hash that was noted elsewhere stands.
"""

from collections.abc import Sequence
from pathlib import Path

from modelroute_cli.base.errors import CredentialError, StorageError, UsageError
from modelroute_cli.execution.audit.chain import Hasher
from modelroute_cli.execution.audit.findings import Findings, Noted, Verified
from modelroute_cli.execution.audit.head import Head, is_genuine, read_head
from modelroute_cli.execution.audit.lines import Spot, is_keyed, segment_of
from modelroute_cli.execution.audit.place import AuditPlace
from modelroute_cli.execution.audit.taking_up import ends_so
from modelroute_cli.execution.audit.walking import Walk, steps_of


def verify(place: AuditPlace, hasher: Hasher, noted: Sequence[Noted] = ()) -> Verified:
    """Everything that is wrong with the log of a folder; UsageError where there is none, CredentialError."""
    files = place.files()
    if not files and not place.head.exists():
        message = f"there is no audit log at `{place.root}`"
        raise UsageError(message, hint="a run writes one, unless `audit.keep` is false")
    _refuse_without_key(files, hasher)
    findings = Findings()
    head = _head_of(place, findings)
    _check_keys(files, hasher, findings)
    known = {each.entries: each.hash for each in noted} | ({} if head is None else {head.entries: head.hash})
    walk = Walk(known, findings)
    walk.go(steps_of(files, hasher))
    _check_beginning(walk)
    for each in noted:
        _check_noted(each, walk)
    if head is not None:
        _check_head(place, head, hasher, walk)
    return _verified(str(place.root), len(files), walk, head)


def verify_file(path: Path, hasher: Hasher) -> Verified:
    """The same of one file by itself: what stands before and behind it is not known."""
    if not path.is_file():
        message = f"there is no audit log at `{path}`"
        raise UsageError(message, hint="name a file of the log, or its folder (`.modelroute/audit`)")
    _refuse_without_key([path], hasher)
    walk = Walk({})
    walk.go(steps_of([path], hasher))
    return _verified(str(path), 1, walk, None)


def _refuse_without_key(files: Sequence[Path], hasher: Hasher) -> None:
    """CredentialError where a file is under a key and none is set."""
    if hasher.key_id is not None:
        return
    for file in files:
        segment = segment_of(file)
        if segment is not None and segment.mac == "hmac-sha256":
            message = f"`{file.name}` is written under a key, and no key is set: nothing can be said of it"
            raise CredentialError(message, hint="set the key that `audit.key_env` names (MODELROUTE_AUDIT_KEY)")


def _head_of(place: AuditPlace, findings: Findings) -> Head | None:
    """The head; what is wrong with the file is a finding."""
    try:
        head = read_head(place.head)
    except StorageError:
        findings.of_file("it is damaged: a cut at the end of the log cannot be ruled out", place.head)
        return None
    if head is None:
        findings.of_file("it is missing: a cut at the end of the log cannot be ruled out", place.head)
    return head


def _check_keys(files: Sequence[Path], hasher: Hasher, findings: Findings) -> None:
    """With a key: once there is one, every file is under it."""
    if hasher.key_id is None:
        return
    segments = [(file, segment_of(file)) for file in files]
    seen = False
    for file, segment in segments:
        if segment is None:
            continue
        if not is_keyed(segment) and (seen or file == files[-1]):
            findings.add("it is not under the key: anybody can have written it", Spot(file, 1))
        if is_keyed(segment) and segment.key_id != hasher.key_id:
            findings.add("it is under another key than the one that is set", Spot(file, 1))
        seen = seen or is_keyed(segment)


def _check_beginning(walk: Walk) -> None:
    """What was deleted before the first entry was deleted by `audit prune`, which signed for it."""
    first, step = walk.first, walk.first_step
    if first is None or step is None or first.number == 1:
        return
    signed = any(each.last >= first.number - 1 for each in walk.pruned)
    fits = any((each.last, each.hash) == (first.number - 1, first.before) for each in walk.pruned)
    if not (fits or (signed and not any(each.last == first.number - 1 for each in walk.pruned))):
        walk.findings.add(
            f"entries 1 to {first.number - 1:,} are missing before it, and nobody signed for deleting them",
            step.spot,
            first.number,
            step.content,
        )


def _check_noted(noted: Noted, walk: Walk) -> None:
    """A hash that was noted elsewhere is that of the line of its number."""
    if noted.entries > walk.number:
        walk.findings.of_file(
            f"{noted.where} says that the log had {noted.entries:,} entries: it was cut or replaced",
            Path(noted.where),
        )
    elif noted.entries in walk.wrong:
        walk.findings.of_file(
            f"{noted.where} noted another hash of entry {noted.entries:,}: the log was written anew", Path(noted.where)
        )


def _check_head(place: AuditPlace, head: Head, hasher: Hasher, walk: Walk) -> None:
    """The log ends as its head says, or behind it where a crash left entries that were not counted yet."""
    findings = walk.findings
    if head.key_id is not None and not is_genuine(head, hasher):
        findings.of_file("it was not written under this key", place.head)
    if walk.number < head.entries and walk.runs_on and walk.last is not None:
        told = "it was changed: the next entry stands in the same line"
        findings.add(told, walk.last.spot, walk.number, walk.last.content)
    elif walk.number < head.entries:
        missing = f"entries {walk.number + 1:,} to {head.entries:,} are missing at the end"
        findings.of_file(missing, place.root / (head.file or place.head.name))
    elif head.entries in walk.wrong:
        if walk.last is not None and walk.number == head.entries:
            findings.add(
                "it was changed: the head holds another hash of it", walk.last.spot, walk.number, walk.last.content
            )
        else:
            findings.of_file("it holds another hash than its entry has", place.head)
    elif head.file is not None and not ends_so(place.root / head.file, head, hasher):
        findings.of_file("it does not say where its entry stands", place.head)


def _verified(place: str, files: int, walk: Walk, head: Head | None) -> Verified:
    return Verified(
        place=place,
        files=files,
        entries=walk.entries,
        first=None if walk.first is None else walk.first.number,
        hash=None if walk.last is None else walk.last.hash,
        keyed=walk.keyed,
        unsealed=0 if head is None else max(walk.number - head.entries, 0),
        problems=tuple(walk.findings.kept),
        problem_count=walk.findings.count,
    )
