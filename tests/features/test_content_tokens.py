"""Rules of the tokens of whole requests."""

import msgspec

from modelroute_cli.base.schema import Message, Request, Tool
from modelroute_cli.features import o200k
from modelroute_cli.features.content_tokens import content_tokens, schema_tokens, tools_tokens
from modelroute_cli.features.tokens import count_o200k


def test_tokens_are_those_of_all_turns() -> None:
    """System message, prompt, and every turn of a chat, without any frame."""
    turns = (Message("user", "Name a river."), Message("assistant", "The Elbe."), Message("user", "Another one?"))
    prompt = Request(custom_id="a", system="Be brief.", prompt="Name a river.")
    chat = Request(custom_id="b", system="Be brief.", messages=turns)
    of_prompt = o200k.count("Be brief.") + o200k.count("Name a river.")
    of_chat = o200k.count("Be brief.") + sum(o200k.count(turn.content) for turn in turns)
    assert content_tokens([prompt]) == [of_prompt]
    assert content_tokens([prompt, chat]) == [of_prompt, of_chat]
    assert content_tokens([]) == []


def test_schema_tokens_are_those_of_the_compact_schema() -> None:
    """As it is sent; without one there are none."""
    schema: dict[str, object] = {"type": "object", "properties": {"name": {"type": "string"}}}
    with_schema = Request(custom_id="a", prompt="x", response_schema=schema)
    assert schema_tokens(with_schema) == o200k.count(msgspec.json.encode(schema).decode())
    assert schema_tokens(Request(custom_id="b", prompt="x")) == 0


def test_tools_are_content() -> None:
    """Their text as JSON, in a block where others have none."""
    tools = (Tool(name="find", description="Finds an order.", parameters={"type": "object"}),)
    plain, asking = Request(custom_id="a", prompt="x"), Request(custom_id="b", prompt="x", tools=tools)
    [before] = content_tokens([plain])
    assert content_tokens([plain, asking]) == [before, before + tools_tokens(asking)]
    assert tools_tokens(asking) == count_o200k([msgspec.json.encode(tools).decode()])[0]
    assert tools_tokens(plain) == 0
