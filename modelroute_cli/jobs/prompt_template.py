"""Prompts made from the columns of a row: sandboxed Jinja2 templates; the one module here that knows Jinja2."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from modelroute_cli.base.errors import JobFileError, UsageError
from modelroute_cli.jobs.given import Given
from modelroute_cli.jobs.problems import Fault, quoted, suggestion
from modelroute_cli.jobs.reading import BY_FLAGS, Reading, TemplateOrigins

ROW = "row"
"""In a template: all columns by their names, for names with blanks in them: `{{ row["Order no."] }}`."""
_GUARDS = ("defined", "undefined", "default", "d")


class _MissingColumn(StrictUndefined):
    """What stands for a column that a row has not: an error whose message is the name alone."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name)


class _Sandbox(ImmutableSandboxedEnvironment):
    """No attributes of Python, nothing random, and no text multiplied until the memory is full."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """Multiply numbers alone."""
        if not isinstance(left, int | float) or not isinstance(right, int | float) or operator == "**":
            msg = f"`{operator}` is only for numbers, and `**` for none"
            raise SecurityError(msg)
        return super().call_binop(context, operator, left, right)


@dataclass(frozen=True, slots=True)
class _Made:
    """A compiled template, and the columns it cannot do without."""

    flag: str
    template: Template
    needed: frozenset[str]
    named: frozenset[str]


class Prompter:
    """The templates of a job: they give a row its prompt, and its system message where it has none."""

    def __init__(self, prompt: _Made | None, system: _Made | None) -> None:
        self._prompt = prompt
        self._system = system

    @property
    def prompts(self) -> bool:
        """Whether rows get their prompt from a template, and may have any columns."""
        return self._prompt is not None

    def takes(self, column: str) -> bool:
        """Whether a column that is no field of a request has its use."""
        return self.prompts or self.names(column)

    def names(self, column: str) -> bool:
        """Whether a template speaks of the column."""
        return any(column in made.named for made in self._templates())

    def missing(self, columns: Sequence[str]) -> list[Fault]:
        """The columns that a template needs and the file has not."""
        return [
            _no_column(made.flag, name, columns)
            for made in self._templates()
            for name in sorted(made.needed - {*columns, ROW})
        ]

    def fill(self, row: dict[str, object], values: Mapping[str, object]) -> list[Fault]:
        """Set `prompt` and `system` of `row` from the columns of its record; what went wrong with them."""
        faults: list[Fault] = []
        if self._prompt is not None:
            row["prompt"] = _rendered(self._prompt, values, faults)
        if self._system is not None and "system" not in row:
            row["system"] = _rendered(self._system, values, faults)
        return faults

    def refuse_batch(self, given: Given) -> None:
        """JobFileError for lines of a batch API, which hold their own prompts."""
        if given.format.endswith("_batch"):
            flags = ", ".join(made.flag for made in self._templates())
            msg = f"{flags}: `{given.shown}` holds lines of a batch API, which have their own prompts"
            raise JobFileError(msg, hint=_without(flags))

    def _templates(self) -> Iterator[_Made]:
        yield from (made for made in (self._prompt, self._system) if made is not None)


def make_prompter(reading: Reading, origins: TemplateOrigins = BY_FLAGS) -> Prompter | None:
    """The templates of a reading, compiled; None without any. UsageError for one that is no template."""
    if reading.prompt is None and reading.system is None:
        return None
    sandbox = _sandbox()
    prompt = None if reading.prompt is None else _compiled(sandbox, origins.prompt, reading.prompt)
    system = None if reading.system is None else _compiled(sandbox, origins.system, reading.system)
    return Prompter(prompt, system)


def _sandbox() -> _Sandbox:
    """Templates give the same text each time, without any escaping; a null is no text."""
    sandbox = _Sandbox(undefined=_MissingColumn, autoescape=False, finalize=_written)
    sandbox.globals.pop("lipsum")
    sandbox.filters.pop("random")
    return sandbox


def _written(value: object) -> object:
    return "" if value is None else value


def _compiled(sandbox: _Sandbox, flag: str, text: str) -> _Made:
    try:
        tree = sandbox.parse(text)
        named = frozenset(meta.find_undeclared_variables(tree)) - sandbox.globals.keys()
        return _Made(flag, sandbox.from_string(text), named - _guarded(tree), named)
    except TemplateSyntaxError as error:
        message = f"{flag}: line {error.lineno} of the template: {error.message}"
        raise UsageError(message, hint="columns are written `{{ name }}`; see docs/job-file.md") from error


def _guarded(tree: nodes.Template) -> frozenset[str]:
    """The names that the template asks for before it uses them: `{% if city is defined %}`."""
    found = (node for node in tree.find_all((nodes.Test, nodes.Filter)) if node.name in _GUARDS)
    return frozenset(node.node.name for node in found if isinstance(node.node, nodes.Name))


def _rendered(made: _Made, values: Mapping[str, object], faults: list[Fault]) -> str | None:
    try:
        return made.template.render({ROW: values, **values})
    except UndefinedError as error:
        faults.append(_no_column(made.flag, error.message or "", tuple(values)))
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        faults.append(Fault(made.flag, f"the template fails on this row: {error}"))
    return None


def _without(origins: str) -> str:
    """How to read one file without templates."""
    if all(origin.startswith("--") for origin in origins.split(", ")):
        return "leave the flag out"
    return "for this file take it away: `MODELROUTE_JOB__PROMPT=null` or `MODELROUTE_JOB__SYSTEM=null`"


def _no_column(flag: str, name: str, columns: Sequence[str]) -> Fault:
    return Fault(flag, f"there is no column {quoted(name)}", suggestion(name, columns))
