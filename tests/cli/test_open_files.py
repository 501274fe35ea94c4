"""How many connections may be open."""

import resource
import subprocess
import sys

import pytest

from modelroute_cli.cli.open_files import connections


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "expected"),
    [(256, 4096, 100, 100), (256, 1024, 4096, 384), (300, 300, 4096, 22), (64, 64, 4096, 8)],
)
def test_connections_fit_into_the_open_files_that_the_system_allows(
    soft: int, hard: int, wanted: int, expected: int
) -> None:
    """The soft limit is raised to the hard one; two files for each connection, and some for everything else."""
    code = (
        "import resource\n"
        "from modelroute_cli.cli.open_files import connections\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))\n"
        f"print(connections({wanted}), resource.getrlimit(resource.RLIMIT_NOFILE)[0])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(expected), str(max(soft, min(hard, 2 * wanted + 256)))]


def test_a_limit_that_is_large_enough_is_left_alone() -> None:
    """Nothing changes for few connections."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert [connections(wanted) for wanted in (1, 2, 8)] == [1, 2, 8]
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before
