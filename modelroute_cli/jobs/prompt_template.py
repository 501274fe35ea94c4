"""Prompts made from the columns of a row: Jinja2 templates in the sandbox of template_sandbox."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError, meta, nodes

from modelroute_cli.base.errors import JobFileError, UsageError
from modelroute_cli.jobs.given import Given
from modelroute_cli.jobs.problems import Fault, quoted, suggestion
from modelroute_cli.jobs.reading import BY_FLAGS, Reading, TemplateOrigins
from modelroute_cli.jobs.template_sandbox import BoundsError, Sandbox, check_length

ROW = "row"
"""In a template: all columns by their names, for names with blanks in them: `{{ row["Order no."] }}`."""
_NO_TEXT = "write what the model shall do for it too, or remove the row"
_FAILS = "the template fails on this row"
_GUARDS = ("defined", "undefined", "default", "d")


class _MissingColumn(StrictUndefined):
    """What stands for a column that a row has not: an error whose message is the name alone."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name)


@dataclass(frozen=True, slots=True)
class _Made:
    """A compiled template, and the columns it cannot do without."""

    flag: str
    sandbox: Sandbox
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
            if not faults and not str(row["prompt"]).strip():
                faults.append(Fault(self._prompt.flag, "gives no text for this row", _NO_TEXT))
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
    sandbox = Sandbox(_MissingColumn)
    prompt = None if reading.prompt is None else _compiled(sandbox, origins.prompt, reading.prompt)
    system = None if reading.system is None else _compiled(sandbox, origins.system, reading.system)
    return Prompter(prompt, system)


def _compiled(sandbox: Sandbox, flag: str, text: str) -> _Made:
    try:
        tree = sandbox.parse(text)
        _refuse_files(flag, tree)
        named = frozenset(meta.find_undeclared_variables(tree)) - sandbox.globals.keys()
        needed = named - _guarded(tree)
        return _Made(flag, sandbox, sandbox.from_string(sandbox.bounded(tree)), needed, named)
    except TemplateSyntaxError as error:
        message = f"{flag}: line {error.lineno} of the template: {error.message}"
        raise UsageError(message, hint="columns are written `{{ name }}`; see docs/job-file.md") from error


def _refuse_files(flag: str, tree: nodes.Template) -> None:
    """UsageError for a template that would read another file."""
    readers = tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends))
    if (found := next(readers, None)) is not None:
        message = f"{flag}: line {found.lineno} of the template: it reads no other files"
        raise UsageError(message, hint="put all of the text into one template")


def _guarded(tree: nodes.Template) -> frozenset[str]:
    """The names that the template asks for before it uses them: `{% if city is defined %}`."""
    found = (node for node in tree.find_all((nodes.Test, nodes.Filter)) if node.name in _GUARDS)
    return frozenset(node.node.name for node in found if isinstance(node.node, nodes.Name))


def _rendered(made: _Made, values: Mapping[str, object], faults: list[Fault]) -> str | None:
    made.sandbox.begin()
    try:
        return _text(made.template.generate({ROW: values, **values}))
    except UndefinedError as error:
        faults.append(_no_column(made.flag, error.message or "", tuple(values)))
    except BoundsError as error:
        faults.append(Fault(made.flag, f"{_FAILS}: {error}", "make it shorter: one prompt needs no more"))
    except RecursionError:
        faults.append(Fault(made.flag, f"{_FAILS}: a macro calls itself without end"))
    except TypeError as error:
        faults.append(Fault(made.flag, f"{_FAILS}: {error}", "a cell is text: `{{ name | int }}` makes it a number"))
    except (TemplateError, ValueError, ArithmeticError, LookupError) as error:
        faults.append(Fault(made.flag, f"{_FAILS}: {error}"))
    return None


def _text(parts: Iterator[str]) -> str:
    """The parts as one text; BoundsError for more than a prompt can be."""
    kept, length = [], 0
    for part in parts:
        kept.append(part)
        length += len(part)
        check_length(length)
    return "".join(kept)


def _without(origins: str) -> str:
    """How to read one file without templates."""
    if all(origin.startswith("--") for origin in origins.split(", ")):
        return "leave the flag out"
    return "for this file take it away: `MODELROUTE_JOB__PROMPT=null` or `MODELROUTE_JOB__SYSTEM=null`"


def _no_column(flag: str, name: str, columns: Sequence[str]) -> Fault:
    return Fault(flag, f"there is no column {quoted(name)}", suggestion(name, columns))
