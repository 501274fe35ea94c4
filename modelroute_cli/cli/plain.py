"""Flags that nobody gave, and words: what needs no validation is taken as it is.

Problem: Typer holds every value against a pydantic type, and loading pydantic takes 0.1 s of CPU, a tenth of a small
plan. Solution: the default of a flag, and text for a flag that takes text, pass by themselves; all else goes Typer's
way.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol, cast

import typer
from typer.main import get_command


class _Flag(Protocol):
    """What is needed of click's parameter, whether Typer carries click inside or depends on it."""

    name: str | None
    default: object
    required: bool

    def process_value(self, ctx: typer.Context, value: object) -> object: ...


class _Command(Protocol):
    """Likewise of its command."""

    def get_params(self, ctx: typer.Context) -> Sequence[_Flag]: ...

    def __call__(self, arguments: Sequence[str], *, prog_name: str, standalone_mode: bool) -> object: ...


class _Group(_Command, Protocol):
    """Likewise of its list of commands."""

    commands: Mapping[str, _Command]


def eased(app: typer.Typer, texts: Mapping[str, frozenset[str]]) -> _Command:
    """The application, which loads no validators for defaults and for text; `texts` are flags of text, by command."""
    made = get_command(app)
    group, context = cast("_Group", made), typer.Context(made)
    for name, command in {"": group, **{name: group.commands[name] for name in texts}}.items():
        for flag in command.get_params(context):  # which `params` is not: it lacks `--help`
            is_text = flag.name in texts.get(name, ())
            vars(flag)["process_value"] = partial(_value, flag, flag.process_value, is_text)
    return group


def _value(
    flag: _Flag,
    validated: Callable[[typer.Context, object], object],
    is_text: bool,  # noqa: FBT001 - bound once, by place
    ctx: typer.Context,
    value: object,
) -> object:
    """The value itself where it is sure to be right, else as Typer validates it."""
    is_default = type(value) is type(flag.default) and value == flag.default and not flag.required
    return value if is_default or (is_text and isinstance(value, str) and value) else validated(ctx, value)
