"""One picture: as wide as its place, as high as it says, named and described for those who do not see it."""

from dataclasses import dataclass

from modelroute_cli.report.markup import Markup, element


@dataclass(frozen=True, slots=True)
class Told:
    """What a picture is called and what it shows, in words."""

    title: str
    described: str


def picture(told: Told, height: int, *parts: Markup) -> Markup:
    """An SVG whose parts stand at shares of its width and at whole pixels of its `height`."""
    title, described = element("title", told.title), element("desc", told.described)
    return element(
        "svg", title, described, *parts, role="img", class_="chart", width="100%", height=height, focusable="false"
    )


def cell_picture(height: int, *parts: Markup) -> Markup:
    """A picture of the number beside it in a table, which is not read out."""
    return element("svg", *parts, aria_hidden="true", class_="cell", width="100%", height=height, focusable="false")


def stretched(units: str, height: int, *parts: Markup, y: int = 0) -> Markup:
    """Paths drawn in a box of `units` (`0 0 120 100`) and stretched over the whole width, lines as thick as before."""
    box = {"viewBox": units, "preserveAspectRatio": "none"}
    return element("svg", *parts, x=0, y=y, width="100%", height=height, **box)


def label(text: str, x: str, y: float, anchor: str = "start", class_: str | None = None) -> Markup:
    """A word in a picture."""
    return element("text", text, x=x, y=f"{y:g}", text_anchor=anchor, class_=class_)


def rule(x1: str, x2: str, y1: float, y2: float, class_: str) -> Markup:
    """A straight line."""
    return element("line", x1=x1, x2=x2, y1=f"{y1:g}", y2=f"{y2:g}", class_=class_)


def block(x: str, width: str, y: float, height: float, class_: str) -> Markup:
    """A filled or hatched rectangle."""
    return element("rect", x=x, y=f"{y:g}", width=width, height=f"{height:g}", class_=class_)


def hatching() -> Markup:
    """The hatching that other pictures of the page refer to; it draws nothing itself."""
    line = element("path", d="M-1 1 1-1M0 6 6 0M5 7 7 5", class_="hatch-line")
    pattern = element("pattern", line, id="hatch", width=6, height=6, patternUnits="userSpaceOnUse")
    return element(
        "svg", element("defs", pattern), width=0, height=0, class_="unseen", aria_hidden="true", focusable="false"
    )
