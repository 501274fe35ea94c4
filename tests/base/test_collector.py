"""The collector while a run goes on."""

import gc
import weakref

import pytest

from modelroute_cli.base.collector import rare_collections


class Node:
    """Something that may refer to itself."""

    def __init__(self) -> None:
        self.other: Node | None = None


def test_collections_are_rare_inside_and_as_before_afterwards() -> None:
    """What was there is left out of them, and comes back."""
    before = gc.get_threshold()
    with rare_collections():
        assert gc.get_threshold() == (50_000, 20, 20)
        assert gc.get_freeze_count() > 0
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


def test_an_error_leaves_nothing_behind() -> None:
    """The next command in the process is collected as usual."""
    before = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), rare_collections():
        divmod(1, 0)
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


def test_cycles_made_inside_are_still_found() -> None:
    """Held back is not switched off."""
    with rare_collections():
        node = Node()
        node.other = node
        gone = weakref.ref(node)
        del node
        kept = [Node() for _ in range(60_000)]
        assert gone() is None
    assert len(kept) == 60_000
