import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from support.job_files import read, read_bytes, refused, requests_in, spool_dir

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.jobs.locate import locate
from modelroute_cli.jobs.opening import IndexOptions
from modelroute_cli.jobs.scan import scanning
from modelroute_cli.jobs.spool import Aside, file_digest
from modelroute_cli.jobs.unpack import packed_with, unpack

_JSONL = b'{"custom_id":"a","prompt":"x"}\n{"custom_id":"b","prompt":"y"}\n'
_CSV = b"prompt,custom_id\nx,a\ny,b\n"
_PACKERS: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "zst": zstandard.compress}


def _unpacked(packed: bytes, folder: Path) -> bytes:
    with Aside(folder) as aside:
        unpack(io.BytesIO(packed), aside, "a")
        return aside.path.read_bytes()


@pytest.mark.parametrize("suffix", _PACKERS)
@pytest.mark.parametrize(("name", "content"), [("a.jsonl", _JSONL), ("a.csv", _CSV)])
def test_a_packed_job_file_holds_what_it_held(suffix: str, name: str, content: bytes, tmp_path: Path) -> None:
    """Its digest and size are those of the bytes that the user gave; its offsets are those of the spool."""
    packed = _PACKERS[suffix](content)
    job = read_bytes(tmp_path, f"{name}.{suffix}", packed)
    assert [(item.custom_id, item.prompt) for item in requests_in(job)] == [("a", "x"), ("b", "y")]
    assert (job.format, job.packed) == (name[2:], {"gz": "gzip", "zst": "Zstandard"}[suffix])
    assert (job.digest, job.size_bytes) == (file_digest(tmp_path / f"{name}.{suffix}"), len(packed))


@pytest.mark.parametrize("suffix", _PACKERS)
def test_the_spool_of_a_packed_file_is_found_and_made_again(suffix: str, tmp_path: Path) -> None:
    """A plan of a packed file can be run later."""
    job = read_bytes(tmp_path, f"a.jsonl.{suffix}", _PACKERS[suffix](_JSONL))
    assert locate(job, spool_dir(job.source)) == job.path
    job.path.unlink()
    assert locate(job, spool_dir(job.source)).read_bytes() == _JSONL


@pytest.mark.parametrize("suffix", _PACKERS)
def test_packed_standard_input_is_unpacked(suffix: str, tmp_path: Path) -> None:
    """A pipe may carry packed bytes."""
    source = tmp_path / "-"
    options = IndexOptions(spool_dir=spool_dir(source), stdin=io.BytesIO(_PACKERS[suffix](_JSONL)))
    with scanning("-", options) as scan:
        ids = [row.request.custom_id for row in scan.rows()]
        assert scan.finish().read_bytes() == _JSONL
    assert ids == ["a", "b"]


@pytest.mark.parametrize("suffix", _PACKERS)
def test_several_members_are_one_text(suffix: str, tmp_path: Path) -> None:
    """`cat a.gz b.gz` is a packed file."""
    pack = _PACKERS[suffix]
    assert _unpacked(pack(b"one") + pack(b"") + pack(b"two"), tmp_path) == b"onetwo"


@pytest.mark.parametrize("suffix", _PACKERS)
@settings(max_examples=20, deadline=None)
@given(content=st.binary(max_size=5_000), times=st.integers(1, 60))
def test_unpacking_undoes_packing(
    suffix: str, tmp_path_factory: pytest.TempPathFactory, content: bytes, times: int
) -> None:
    """Whatever was packed."""
    held = content * times
    assert _unpacked(_PACKERS[suffix](held), tmp_path_factory.mktemp("spool")) == held


@pytest.mark.parametrize("suffix", _PACKERS)
def test_a_file_that_was_cut_is_refused(suffix: str, tmp_path: Path) -> None:
    """Half a job is no job, and leaves nothing behind."""
    name = {"gz": "gzip", "zst": "Zstandard"}[suffix]
    for left in (6, -1):
        error = refused(tmp_path, f"a.jsonl.{suffix}", _PACKERS[suffix](_JSONL)[:left])
        assert (error.message, error.hint) == (
            f"`a.jsonl.{suffix}` is broken {name}: it ends too early",
            "copy or pack the file again",
        )
    assert list((tmp_path / "spool").iterdir()) == []


def test_damaged_bytes_are_refused(tmp_path: Path) -> None:
    """A wrong checksum or a wrong block is told as such."""
    packed = bytearray(gzip.compress(_JSONL))
    packed[-6] ^= 255
    assert refused(tmp_path, "a.gz", bytes(packed)).message == "`a.gz` is broken gzip: its bytes are damaged"
    wrong = zstandard.compress(_JSONL)[:8] + b"\xff" * 30
    assert refused(tmp_path, "a.zst", wrong).message == "`a.zst` is broken Zstandard: its bytes are damaged"


@pytest.mark.parametrize("suffix", _PACKERS)
def test_a_bomb_is_refused_before_it_fills_the_disk(suffix: str, tmp_path: Path) -> None:
    """200 MiB out of a few kilobytes are no job file."""
    path = tmp_path / f"a.jsonl.{suffix}"
    path.write_bytes(_PACKERS[suffix](bytes(200 * 2**20)))
    with pytest.raises(JobFileError) as caught:
        read(path)
    assert caught.value.message == f"`{path}` unpacks to more than 400 times its size; no job file does"
    assert caught.value.hint == "if it is one, unpack it first and give the file that results"


def test_a_file_packed_twice_is_refused(tmp_path: Path) -> None:
    """It is unpacked once."""
    error = refused(tmp_path, "a.gz", gzip.compress(zstandard.compress(_JSONL)))
    assert error.message == "`a.gz` is packed twice: what it holds is compressed with Zstandard again"


@pytest.mark.parametrize(
    ("head", "name"), [(b"\x1f\x8b\x08", "gzip"), (b"\x28\xb5\x2f\xfd", "Zstandard"), (b"{", None), (b"", None)]
)
def test_packing_is_known_by_its_first_bytes(head: bytes, name: str | None) -> None:
    """The suffix does not matter."""
    assert packed_with(head) == name
