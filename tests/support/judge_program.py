"""A program that judges answers as its first argument says; run with this Python, it is a user's own command gate."""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

Line = dict[str, object]


def command(how: str, *more: str) -> tuple[str, ...]:
    """What starts it."""
    return (sys.executable, "-S", "-E", str(Path(__file__)), how, *more)


def _say(**fields: object) -> None:
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


def _by_length(asked: Line) -> None:
    output = str(asked["output"])
    _say(custom_id=asked["custom_id"], quality=min(len(output) / 10, 1), detail=f"{len(output)} characters", more=1)


def _dies_of_poison(asked: Line) -> None:
    if asked["output"] == "poison":
        sys.exit(3)
    _say(custom_id=asked["custom_id"], **{"pass": True})


def _reports(asked: Line) -> None:
    seen = sorted(name for name in os.environ if name in {"OPENAI_API_KEY", "SHOP"})
    _say(custom_id=asked["custom_id"], **{"pass": True}, detail=" ".join(seen))


def _shows(asked: Line) -> None:
    sys.stderr.write(f"judging {asked['custom_id']}\n")
    _say(custom_id=asked["custom_id"], **{"pass": False}, detail=json.dumps(asked, sort_keys=True))


def _floods(asked: Line) -> None:
    del asked
    while True:
        sys.stdout.write("chatter\n")


def _long_line(asked: Line) -> None:
    del asked
    while True:
        sys.stdout.write("x" * 100_000)


def _unreadable(asked: Line) -> None:
    _say(custom_id="somebody else", **{"pass": False})
    _say(custom_id=asked["custom_id"], quality=7)


def _says_nothing(asked: Line) -> None:
    _say(custom_id=asked["custom_id"], detail="hm")


def _hangs(asked: Line) -> None:
    if asked["output"] != "hang":
        _say(custom_id=asked["custom_id"], **{"pass": True})


def _late(asked: Line) -> None:
    """Answers each question when the next one comes."""
    if _held:
        _say(custom_id=_held.pop(), **{"pass": False})
    _held.append(str(asked["custom_id"]))


def _backwards(asked: Line) -> None:
    """Answers three questions at once, the last first."""
    _held.append(str(asked["custom_id"]))
    if len(_held) == 3:
        for name in _held[::-1]:
            _say(custom_id=name, **{"pass": name != "b"})


def _scores(asked: Line) -> None:
    """By the length of the answer, and whose it is."""
    _say(custom_id=asked["custom_id"], model=asked["model"], quality=min(len(str(asked["output"])) / 10, 1))


def _as_told(asked: Line) -> None:
    """What the answer itself says, and then a word that is for nobody."""
    sys.stdout.write(str(asked["output"]) + "\n")
    sys.stdout.flush()
    sys.stderr.write("last words\x1b[2J\n")
    sys.stderr.flush()
    if "die" in str(asked["output"]):
        sys.exit(9)


_held: list[str] = []
_HOW: dict[str, Callable[[Line], None]] = {
    "length": _by_length,
    "poison": _dies_of_poison,
    "environment": _reports,
    "shows": _shows,
    "floods": _floods,
    "long_line": _long_line,
    "unreadable": _unreadable,
    "says_nothing": _says_nothing,
    "hangs": _hangs,
    "late": _late,
    "backwards": _backwards,
    "stubborn": _dies_of_poison,
    "scores": _scores,
    "as_told": _as_told,
}


def main() -> None:
    """Judge line by line until the input ends; a stubborn one does not end even then."""
    how = sys.argv[1]
    if how == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for line in sys.stdin:
        _HOW[how](json.loads(line))
    while how == "stubborn":
        signal.pause()


if __name__ == "__main__":
    main()
