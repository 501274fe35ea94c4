"""The names of a table's columns: which are fields of a request, which a template uses, and which are a slip."""

from collections import Counter
from collections.abc import Sequence

from modelroute_cli.jobs.csv_cells import metadata_key
from modelroute_cli.jobs.fields import REQUEST_FIELDS
from modelroute_cli.jobs.problems import Fault, nearest, quoted, suggestion
from modelroute_cli.jobs.prompt_template import Prompter


def is_known(column: str, prompter: Prompter | None = None) -> bool:
    """Whether a column is a field, a key of `metadata`, or of use to a template."""
    is_field = column in REQUEST_FIELDS or metadata_key(column) is not None
    return is_field or (prompter is not None and prompter.takes(column))


def asks(columns: Sequence[str], prompter: Prompter | None) -> bool:
    """Whether the rows of a table can ask anything."""
    return "prompt" in columns or "messages" in columns or (prompter is not None and prompter.prompts)


def column_faults(columns: Sequence[str], prompter: Prompter | None) -> list[Fault]:
    """What is wrong with the names of the columns."""
    counts = Counter(columns)
    faults = [] if prompter is None else prompter.missing(columns)
    if "" in counts:
        faults.append(Fault(None, f"column {columns.index('') + 1} has no name", "name it or remove it"))
    faults += [Fault(name, "names two columns", "remove one") for name in counts if name and counts[name] > 1]
    if not asks(columns, prompter):
        return [*faults, _no_prompt(columns)]
    unknown = [name for name in counts if name and not is_known(name, prompter)]
    return [*faults, *(Fault(name, "is no field", suggestion(name, REQUEST_FIELDS)) for name in unknown)]


def _no_prompt(columns: Sequence[str]) -> Fault:
    near = nearest("prompt", [name for name in columns if name and not is_known(name)])
    named = ", ".join(quoted(name) for name in columns)
    hint = f"rename `{near}` to `prompt`" if near else "name the column that holds the request `prompt`"
    return Fault("prompt", f"there is no such column; the columns are {named}", hint)
