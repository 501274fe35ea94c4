"""Whether plain output is wished for: `--plain` anywhere on the command line, or `MODELROUTE_PLAIN`."""

from collections.abc import Mapping, Sequence
from itertools import takewhile

FLAG = "--plain"
VARIABLE = "MODELROUTE_PLAIN"
_NO = frozenset({"", "0", "no", "off", "false"})


def is_plain(env: Mapping[str, str]) -> bool:
    """Whether the environment asks for it."""
    return env.get(VARIABLE, "").lower() not in _NO


def with_flag(env: Mapping[str, str], arguments: Sequence[str]) -> dict[str, str]:
    """The environment in which the flag, where it is typed, is set as the variable."""
    typed = FLAG in takewhile(lambda word: word != "--", arguments)
    return {**env, VARIABLE: "1"} if typed else dict(env)


def without_leading(arguments: Sequence[str]) -> list[str]:
    """The arguments from the command on: the flag may also stand before it."""
    words = list(arguments)
    while words[:1] == [FLAG]:
        words.pop(0)
    return words
