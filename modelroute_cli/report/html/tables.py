"""Real tables: a caption, headers with their scope, numbers to the right, and a frame that scrolls where it must."""

from collections.abc import Sequence
from dataclasses import dataclass

from modelroute_cli.report.markup import Child, Markup, element, joined


@dataclass(frozen=True, slots=True)
class Head:
    """One column; `kind` is how it is set: a name (wraps), a number (to the right), a picture, or words (wrap)."""

    title: str
    kind: str = "number"


Cells = Sequence[Child]


def table(caption: str, heads: Sequence[Head], rows: Sequence[Cells], *, total: bool = False) -> Markup:
    """A table whose first column names its rows; with `total` the last row is a sum. It can be scrolled by keyboard."""
    last = len(rows) - 1
    body = [_row(heads, row, "total" if total and at == last else None) for at, row in enumerate(rows)]
    pictured = any(head.kind.startswith("picture") for head in heads)
    drawn = element(
        "table",
        element("caption", element("span", caption)),
        element("thead", element("tr", *(_head(head) for head in heads))),
        element("tbody", *body),
        class_="pictured" if pictured else None,
    )
    return element("div", drawn, class_="wide", role="group", aria_label=caption, tabindex=0)


def _head(head: Head) -> Markup:
    """A header; a picture repeats what stands beside it, so that its column needs no name of its own."""
    if head.kind == "picture" and not head.title:
        return element("td", class_="picture", aria_hidden="true")
    return element("th", head.title, scope="col", class_=head.kind)


def _row(heads: Sequence[Head], cells: Cells, class_: str | None) -> Markup:
    first, *others = zip(heads, cells, strict=True)
    named = element("th", first[1], scope="row", class_=first[0].kind)
    return element("tr", named, *(element("td", cell, class_=_set(head)) for head, cell in others), class_=class_)


def _set(head: Head) -> str | None:
    """How a cell is set; as a number unless it says otherwise."""
    return None if head.kind == "number" else head.kind


def facts(pairs: Sequence[tuple[str, Child]]) -> Markup:
    """Terms and what is said of them, one below the other."""
    return element("dl", *(joined((element("dt", name), element("dd", said))) for name, said in pairs), class_="facts")


def folded(title: str, body: Child) -> Markup:
    """Something that is there for those who open it."""
    return element("details", element("summary", title), body)


def notes(texts: Sequence[str]) -> Markup | None:
    """Sentences, a line each; nothing where there are none."""
    return element("ul", *(element("li", text) for text in texts), class_="notes") if texts else None
