"""The turns of a chat in a batch line: texts joined, pictures of the last user turn as the request's images."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from modelroute_cli.jobs.batch_body import Body, Translation, shown

_IMAGES_HINT = "put the pictures into the last turn of the user"


@dataclass(slots=True)
class Content:
    """The texts and pictures of one turn."""

    texts: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All texts as one."""
        return "\n".join(self.texts)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: who speaks, and what."""

    role: str
    content: Content
    body: Body


PartReader = Callable[[Body, Content], None]


def read_content(body: Body, name: str, read_part: PartReader) -> Content:
    """Plain text, or parts of it read one by one."""
    content = Content()
    value = body.take(name)
    if isinstance(value, str):
        content.texts.append(value)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            read_part(Body(item, f"{body.at(name)}[{index}]", body.found), content)
    elif value is not None:
        body.refuse(name, f"must be text or a list of parts, not {shown(value)}")
    return content


def give_turns(turns: Sequence[Turn], found: Translation) -> None:
    """Set `prompt` for one turn of the user alone, else `messages`, and `images`."""
    last_user = max((place for place, turn in enumerate(turns) if turn.role == "user"), default=-1)
    for place, turn in enumerate(turns):
        if turn.content.images and place != last_user:
            turn.body.refuse("content", "holds a picture before the last turn of the user", _IMAGES_HINT)
    if last_user >= 0 and turns[last_user].content.images:
        found.row["images"] = turns[last_user].content.images
    if [turn.role for turn in turns] == ["user"] and turns[0].content.text:
        found.row["prompt"] = turns[0].content.text
    else:
        found.row["messages"] = [{"role": turn.role, "content": turn.content.text} for turn in turns]
