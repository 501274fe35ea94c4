"""Whatever somebody does to a log is found, and told where it is."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.audited import AT, KEY, KEYED, PLAIN, log_of, request

from modelroute_cli.base.errors import CredentialError, UsageError
from modelroute_cli.execution.audit.chain import START, Hasher, line_of
from modelroute_cli.execution.audit.entries import encode
from modelroute_cli.execution.audit.findings import Noted, Verified
from modelroute_cli.execution.audit.head import read_head
from modelroute_cli.execution.audit.place import AuditPlace
from modelroute_cli.execution.audit.verifying import verify, verify_file
from modelroute_cli.execution.audit.writing import LogOptions, writing

COUNT = 12  # requests, in three files
CHAINS = {"plain": PLAIN, "keyed": KEYED}
QUICK = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Logs:
    """Whole logs, and copies of them that can be spoilt."""

    def __init__(self, root: Path) -> None:
        self._root = root
        for name, hasher in CHAINS.items():
            log_of(root / name, COUNT, hasher, segment_bytes=2_000)

    def copy(self, chain: str) -> AuditPlace:
        """One to be spoilt; the one before is gone."""
        shutil.rmtree(self._root / "copy", ignore_errors=True)
        shutil.copytree(self._root / chain, self._root / "copy")
        return AuditPlace(self._root / "copy")


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Logs:
    """Made once."""
    return Logs(tmp_path_factory.mktemp("logs"))


def lines(place: AuditPlace) -> list[tuple[Path, bytes]]:
    """Every line with its file."""
    return [(file, line) for file in place.files() for line in file.read_bytes().splitlines(keepends=True)]


def put(place: AuditPlace, content: list[tuple[Path, bytes]]) -> None:
    """These lines in the place of all."""
    for file in place.files():
        file.write_bytes(b"".join(line for own, line in content if own == file))


def first(found: Verified) -> tuple[str, int | None]:
    """Where the first problem is."""
    return found.problems[0].file, found.problems[0].line


def texts(found: Verified) -> list[str]:
    """Problems as `file:line what`."""
    return [f"{each.file}:{each.line} {each.what}" for each in found.problems]


@pytest.mark.parametrize("chain", CHAINS)
def test_a_log_that_nobody_touched_is_whole(logs: Logs, chain: str) -> None:
    """In several files, each of which begins with a line of its own."""
    place = logs.copy(chain)
    found = verify(place, CHAINS[chain])
    files = len(place.files())
    assert files >= 3
    assert (found.problems, found.is_whole, found.first, found.unsealed) == ((), True, 1, 0)
    assert (found.entries, found.files) == (COUNT + files, files)
    assert found.keyed == (found.entries if chain == "keyed" else 0)
    head = read_head(place.head)
    assert head is not None
    assert (head.entries, head.hash) == (found.entries, found.hash)


@pytest.mark.parametrize("chain", CHAINS)
@QUICK
@given(data=st.data())
def test_every_change_of_one_byte_is_found_where_it_is(logs: Logs, chain: str, data: st.DataObject) -> None:
    """The line itself is named; of a line end that is gone, or that is new, the line or the one behind it."""
    place = logs.copy(chain)
    file = data.draw(st.sampled_from(place.files()))
    content = bytearray(file.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    new = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
    line = content[:at].count(b"\n") + 1
    around = {line, line + 1} if b"\n" in bytes([content[at], new]) else {line}
    content[at] = new
    file.write_bytes(content)
    name, told = first(verify(place, CHAINS[chain]))
    assert (name, told) in {(file.name, each) for each in around}


@pytest.mark.parametrize("chain", CHAINS)
def test_a_line_end_that_was_changed_is_found_at_its_line(logs: Logs, chain: str) -> None:
    """Every one, also the last of a file and the last of all."""
    place = logs.copy(chain)
    for file in place.files():
        content = file.read_bytes()
        ends = [at for at, byte in enumerate(content) if byte == ord("\n")]
        for line, at in enumerate(ends, start=1):
            file.write_bytes(content[:at] + b"x" + content[at + 1 :])
            assert first(verify(place, CHAINS[chain])) == (file.name, line)
        file.write_bytes(content)


@pytest.mark.parametrize("chain", CHAINS)
@QUICK
@given(data=st.data())
def test_a_cut_at_the_end_is_found_at_any_byte(logs: Logs, chain: str, data: st.DataObject) -> None:
    """The head says how many entries there were."""
    place = logs.copy(chain)
    content = b"".join(line for _, line in lines(place))
    keep = data.draw(st.integers(0, len(content) - 1))
    for file in place.files():
        size = file.stat().st_size
        file.write_bytes(file.read_bytes()[:keep])
        keep = max(keep - size, 0)
    assert not verify(place, CHAINS[chain]).is_whole


@pytest.mark.parametrize("chain", CHAINS)
@QUICK
@given(data=st.data())
def test_a_line_that_was_taken_out_is_missed_where_it_was(logs: Logs, chain: str, data: st.DataObject) -> None:
    """At the line behind it."""
    place = logs.copy(chain)
    content = lines(place)
    at = data.draw(st.integers(0, len(content) - 2))
    following = content[at + 1]
    del content[at]
    put(place, content)
    found = verify(place, CHAINS[chain])
    own = [line for file, line in content if file == following[0]]
    assert (following[0].name, own.index(following[1]) + 1) in {(each.file, each.line) for each in found.problems}


@pytest.mark.parametrize("chain", CHAINS)
@QUICK
@given(data=st.data())
def test_lines_that_changed_places_are_found_at_the_first(logs: Logs, chain: str, data: st.DataObject) -> None:
    """Any two of one file."""
    place = logs.copy(chain)
    file = data.draw(st.sampled_from(place.files()))
    own = file.read_bytes().splitlines(keepends=True)
    here, there = sorted(data.draw(st.sets(st.integers(0, len(own) - 1), min_size=2, max_size=2)))
    own[here], own[there] = own[there], own[here]
    file.write_bytes(b"".join(own))
    assert first(verify(place, CHAINS[chain])) == (file.name, here + 1)


@QUICK
@given(data=st.data())
def test_a_line_that_was_put_in_is_found(logs: Logs, data: st.DataObject) -> None:
    """A copy of another, or one that fits what stands before it: there, or at the line behind."""
    place = logs.copy("plain")
    file = place.files()[1]
    own = file.read_bytes().splitlines(keepends=True)
    at = data.draw(st.integers(1, len(own) - 1))
    forged = line_of(len(own), PLAIN.hash(own[at - 1][:-1]), encode(request(99))) + b"\n"
    own.insert(at, data.draw(st.sampled_from([forged, own[0], own[-1], b"x\n", b"\n"])))
    file.write_bytes(b"".join(own))
    assert first(verify(place, PLAIN)) in {(file.name, at + 1), (file.name, at + 2)}


@pytest.mark.parametrize("chain", CHAINS)
def test_a_change_of_what_a_file_says_of_itself_is_found_there(logs: Logs, chain: str) -> None:
    """Every byte of the line with which the second file begins, one after the other."""
    place = logs.copy(chain)
    file = place.files()[1]
    content = file.read_bytes()
    for at in range(content.index(b"\n")):
        file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert first(verify(place, CHAINS[chain])) == (file.name, 1)


def test_a_missing_file_is_named(logs: Logs) -> None:
    """With the entries that went with it."""
    place = logs.copy("plain")
    files = place.files()
    files[1].unlink()
    assert texts(verify(place, PLAIN)) == [
        f"{files[2].name}:1 entries 6 to 10 are missing before it",
        f"{files[2].name}:None the file before it is missing",
    ]


def test_a_missing_first_file_was_not_signed_for(logs: Logs) -> None:
    """Only `audit prune` signs."""
    place = logs.copy("plain")
    files = place.files()
    files[0].unlink()
    assert texts(verify(place, PLAIN)) == [
        f"{files[1].name}:1 entries 1 to 5 are missing before it, and nobody signed for deleting them"
    ]


def test_a_missing_last_file_is_missed_by_the_head(logs: Logs) -> None:
    """It knows how many entries there were."""
    place = logs.copy("plain")
    last = place.files()[-1]
    last.unlink()
    assert texts(verify(place, PLAIN)) == [f"{last.name}:None entries 11 to 15 are missing at the end"]


def test_a_log_without_its_head_may_have_been_cut(logs: Logs) -> None:
    """What nobody can rule out is said."""
    place = logs.copy("plain")
    place.head.unlink()
    assert texts(verify(place, PLAIN)) == [
        "head.json:None it is missing: a cut at the end of the log cannot be ruled out"
    ]
    place.head.write_text("{}x")
    assert texts(verify(place, PLAIN)) == [
        "head.json:None it is damaged: a cut at the end of the log cannot be ruled out"
    ]


@QUICK
@given(data=st.data())
def test_a_head_of_another_place_is_found(logs: Logs, data: st.DataObject) -> None:
    """Any byte of it."""
    place = logs.copy("keyed")
    content = bytearray(place.head.read_bytes())
    at = data.draw(st.integers(0, len(content) - 2))
    content[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
    place.head.write_bytes(content)
    assert not verify(place, KEYED).is_whole


def test_a_cut_with_the_head_cut_to_fit_shows_only_under_a_key(logs: Logs) -> None:
    """Without a key it takes a hash that was noted elsewhere."""
    for chain, hasher in CHAINS.items():
        place = logs.copy(chain)
        kept = [(file, line) for file, line in lines(place) if file == place.files()[0]]
        whole = verify(place, hasher)
        noted = Noted(whole.entries, whole.hash or "", "a report")
        with writing(AuditPlace(place.root.parent / "other"), LogOptions(PLAIN, AT)):
            pass
        put(place, kept)
        for file in place.files()[1:]:
            file.unlink()
        last = kept[-1][1]
        head = read_head(place.head)
        assert head is not None
        size = sum(len(line) for _, line in kept)
        forged = {"entries": len(kept), "hash": hasher.hash(last[:-1]), "file": kept[0][0].name}
        place.head.write_bytes(
            encode(forged | {"begin": size - len(last), "size": size, "mac": head.mac, "key_id": head.key_id})
        )
        found = texts(verify(place, hasher))
        assert found == ([] if chain == "plain" else ["head.json:None it was not written under this key"])
        assert f"a report says that the log had {noted.entries} entries: it was cut or replaced" in " ".join(
            texts(verify(place, hasher, [noted]))
        )


def test_a_log_that_was_written_anew_is_told_by_a_noted_hash(tmp_path: Path) -> None:
    """The same number of entries, and others."""
    noted = Noted(3, "0" * 64, "runs/run1/audit.json")
    place = log_of(tmp_path / "log", 5)
    assert texts(verify(place, PLAIN, [noted])) == [
        "audit.json:None runs/run1/audit.json noted another hash of entry 3: the log was written anew"
    ]
    true = PLAIN.hash(lines(place)[2][1][:-1])
    assert verify(place, PLAIN, [Noted(3, true, "runs/run1/audit.json")]).is_whole


def test_nobody_can_write_on_without_the_key(tmp_path: Path) -> None:
    """A file of no key behind one that has a key is nobody's."""
    place = log_of(tmp_path / "log", 3, KEYED)
    (tmp_path / "log" / "000002.2026-12.jsonl").write_bytes(b"")
    forged = line_of(
        5, "0" * 64, b'{"kind":"segment","at":"2026-12-01T00:00:00Z","number":2,"format":1,"mac":"sha256"}'
    )
    (tmp_path / "log" / "000002.2026-12.jsonl").write_bytes(forged + b"\n")
    assert "000002.2026-12.jsonl:1 it is not under the key: anybody can have written it" in texts(verify(place, KEYED))


def test_a_log_under_a_key_needs_the_key(tmp_path: Path) -> None:
    """And the same one."""
    place = log_of(tmp_path / "log", 1, KEYED)
    with pytest.raises(CredentialError) as caught:
        verify(place, PLAIN)
    assert caught.value.message == (
        "`000001.2026-11.jsonl` is written under a key, and no key is set: nothing can be said of it"
    )
    assert texts(verify(place, Hasher(KEY[::-1])))[0] == (
        "000001.2026-11.jsonl:1 it is under another key than the one that is set"
    )


def test_the_problem_names_the_request(tmp_path: Path) -> None:
    """By its custom_id, also where the line is no JSON any more."""
    place = log_of(tmp_path / "log", 4)
    (file,) = place.files()
    file.write_bytes(file.read_bytes().replace(b'"mail-2","task_type":"email"', b'"mail-2","task_type":"emai!}'))
    (problem,) = verify(place, PLAIN).problems
    assert (problem.line, problem.entry, problem.custom_id) == (4, 4, "mail-2")
    assert problem.what == "it was changed: the next entry holds another hash of it"


def test_one_file_can_be_checked_by_itself(logs: Logs) -> None:
    """Whatever stands before and behind it."""
    place = logs.copy("plain")
    found = verify_file(place.files()[1], PLAIN)
    assert (found.problems, found.first, found.entries) == ((), 6, 5)
    put(place, [(file, line.replace(b"mail-6", b"mail-7")) for file, line in lines(place)])
    assert first(verify_file(place.files()[1], PLAIN))[0] == place.files()[1].name


def test_where_there_is_no_log_nothing_is_verified(tmp_path: Path) -> None:
    """It says so instead of finding nothing wrong."""
    with pytest.raises(UsageError, match="there is no audit log at"):
        verify(AuditPlace(tmp_path / "none"), PLAIN)
    with pytest.raises(UsageError, match="there is no audit log at"):
        verify_file(tmp_path / "none", PLAIN)
    assert START == "0" * 64
