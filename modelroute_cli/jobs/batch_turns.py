"""The turns of a chat in a batch line: texts joined, what the last user turn carries as the request's own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from modelroute_cli.jobs.batch_body import Body, Translation, shown

_CARRIED = {"images": "a picture", "audio": "sound", "files": "a PDF"}


@dataclass(slots=True)
class Content:
    """The texts of one turn, and what else it carries."""

    texts: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    audio: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def carried(self) -> dict[str, list[str]]:
        """What it carries, by the field of a request."""
        given = {"images": self.images, "audio": self.audio, "files": self.files}
        return {name: items for name, items in given.items() if items}

    def carry(self, media_type: str, item: str) -> bool:
        """Take an item in by its media type; False for one that is not sent."""
        kinds = {"image/": self.images, "audio/": self.audio, "application/pdf": self.files}
        home = next((items for kind, items in kinds.items() if media_type.startswith(kind)), None)
        if home is not None:
            home.append(item)
        return home is not None

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
    """Set `prompt` for one turn of the user alone, else `messages`, and what the last one carries."""
    last_user = max((place for place, turn in enumerate(turns) if turn.role == "user"), default=-1)
    for place, turn in enumerate(turns):
        for name in turn.content.carried() if place != last_user else ():
            hint = "put the pictures, sound and PDFs into the last turn of the user"
            turn.body.refuse("content", f"holds {_CARRIED[name]} before the last turn of the user", hint)
    if last_user >= 0:
        found.row.update(turns[last_user].content.carried())
    if [turn.role for turn in turns] == ["user"] and turns[0].content.text:
        found.row["prompt"] = turns[0].content.text
    else:
        found.row["messages"] = [{"role": turn.role, "content": turn.content.text} for turn in turns]
