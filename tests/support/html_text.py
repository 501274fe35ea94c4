"""What a page says, read from its HTML by a parser that is not ours."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"meta"})


@dataclass
class Read(HTMLParser):
    """The elements of a page in order, its texts, and its tables cell by cell; unbalanced markup is an error."""

    names: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)  # element, attribute, value
    texts: list[str] = field(default_factory=list)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)  # caption -> rows of cells, the header first
    open: list[str] = field(default_factory=list)
    _rows: list[list[str]] = field(default_factory=list)
    _caption: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes.extend((tag, name, value or "") for name, value in attrs)
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "table":
            self._rows, self._caption = [], ""
        if tag == "tr":
            self._rows.append([])
        if tag in {"th", "td"}:
            self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "table":
            self.tables[self._caption] = self._rows

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.texts.append(data)
        if "caption" in self.open:
            self._caption += data
        elif {"th", "td"} & set(self.open) and self._rows:
            self._rows[-1][-1] += data


def read(html: str) -> Read:
    """The page; AssertionError where an element is closed that is not open, or the other way round."""
    found = Read()
    found.feed(html)
    found.close()
    assert found.open == []
    return found


def text_of(html: str) -> str:
    """All of its words, style sheet and pictures' descriptions aside or not, one after the other."""
    return "\n".join(read(html).texts)
