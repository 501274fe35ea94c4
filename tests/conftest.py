"""What every test stands on: no socket may leave this machine."""

import os
import socket

import pytest
from hypothesis import settings

# A busy machine is no failure, and the same tree passes or fails the same way, on the same few examples each time;
# EXPLORE=1 draws new ones, and more of them.
settings.register_profile("steady", deadline=None, derandomize=True, max_examples=30)
settings.register_profile("explore", deadline=None, max_examples=200)
settings.load_profile("explore" if "EXPLORE" in os.environ else "steady")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count covered lines by examples: properties go over the same ones for a third more."""
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.no_cover)


_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


def _refuse_outside(address: object) -> None:
    """Fail on any internet address that is not loopback."""
    if isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1", "localhost")):
        msg = f"a test tried to reach {address[0]}: tests speak to loopback only"
        raise RuntimeError(msg)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what tests and the programs they start write down out of the user's own cache and history.

    No history: what one test measured must not change another's plan. Those about it have one of their own.
    """
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    os.environ["MODELROUTE_HISTORY"] = "off"


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard every connection of the test process."""

    def connect(self: socket.socket, address: tuple[str, int]) -> None:
        _refuse_outside(address)
        _connect(self, address)

    def connect_ex(self: socket.socket, address: tuple[str, int]) -> int:
        _refuse_outside(address)
        return _connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)
