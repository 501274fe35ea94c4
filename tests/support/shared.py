"""The development data next to the repository, which users do not have."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3] / "shared" / "data"


def shared_data(name: str) -> Path:
    """A file of the shared development data; the test is skipped where it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"development data `{name}` is not next to this repository")
    return path
