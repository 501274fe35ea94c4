"""What every wire format writes alike: headers, turns with the schema's instruction, what stands inline."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Message, Request
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.providers.base import Call, UnsendableError, WireRequest

Body = dict[str, object]

_ENCODER = msgspec.json.Encoder()
_SYSTEM_ROLES = frozenset({"system", "developer"})
_DATA_URL = re.compile(r"data:([a-z]+/[a-z0-9.+-]+);base64,(.+)", re.DOTALL)
_SHOWN_CHARS = 80
_PUSD_PER_USD_PER_MTOK = 1_000_000


@dataclass(frozen=True, slots=True)
class Inline:
    """A picture, sound or file that stands in the request itself."""

    media_type: str  # such as `image/png`
    base64: str


def wire_request(call: Call, path: str, body: Body) -> WireRequest:
    """The body under the provider's base URL: the same call gives the same bytes.

    What the provider's `extra_body` holds is sent besides, and replaces nothing that the call itself needs.
    UnsendableError for half a character.
    """
    try:
        encoded = _ENCODER.encode({**_besides(call), **body})
    except UnicodeEncodeError as error:
        message = f"request `{call.request.custom_id}` holds half a character (a lone surrogate)"
        raise UnsendableError(message, hint="write the text as whole UTF-8 characters") from error
    return WireRequest(url=call.provider.base_url.rstrip("/") + path, headers=_headers(call), body=encoded)


def _besides(call: Call) -> Mapping[str, object]:
    """The provider's `extra_body`, with the price limit inside OpenRouter's `provider`; the user's own limit stays.

    Dollars per million tokens (openrouter.ai/docs, client-sdks, MaxPrice, 2026-11). One user found the comparison to
    be strict, so that a limit at the list price was refused: a pico-dollar per token is added.
    """
    extra, limit = call.provider.extra_body, call.price_limit
    routing = extra.get("provider", {})
    if limit is None or not isinstance(routing, Mapping):
        return extra
    most = {"prompt": _usd_per_mtok(limit.input_pusd), "completion": _usd_per_mtok(limit.output_pusd)}
    return {**extra, "provider": {"max_price": most, **routing}}


def _usd_per_mtok(pusd: PicoUSD) -> float:
    """Just above a price per token; the shortest decimal that names the quotient is exact here."""
    return (pusd + 1) / _PUSD_PER_USD_PER_MTOK


def _headers(call: Call) -> dict[str, str]:
    """Static headers first, so that none of them replaces what the call itself needs."""
    headers = {"content-type": "application/json", "accept": "application/json"}
    headers |= static_headers(call.provider, call.secrets)
    if call.provider.upstream_header and call.card.upstream:
        headers[call.provider.upstream_header.lower()] = call.card.upstream
    headers |= key_header(call.provider, call.key)
    headers["x-client-request-id"] = call.client_id
    return headers


def static_headers(provider: Provider, secrets: Mapping[str, str]) -> dict[str, str]:
    """What goes with every exchange: the provider's own headers and those with secrets, in lower case."""
    return {name.lower(): value for name, value in (*provider.headers.items(), *secrets.items())}


def key_header(provider: Provider, key: str | None) -> Mapping[str, str]:
    """The key in the header where this provider looks for it."""
    if not key or provider.auth == "none":
        return {}
    if provider.auth == "header":
        return {provider.auth_header.lower(): key}
    return {"authorization": f"Bearer {key}"}


def is_system(turn: Message) -> bool:
    """Whether a turn tells the model how to behave."""
    return turn.role in _SYSTEM_ROLES


def instructed(request: Request, card: ModelCard) -> Sequence[Message]:
    """The turns of the chat; a model that cannot be held to the response schema is told it in words."""
    turns = list(request.turns())
    if request.response_schema is None or card.response_schema == "native":
        return turns
    place = _place_for_instruction(turns)
    told = f"{turns[place].content}\n\n{_instruction(request.response_schema)}"
    turns[place] = Message(turns[place].role, told)
    return turns


def last_user(turns: Sequence[Message]) -> int:
    """Where the last user turn stands, else the last turn: pictures, sound and files go there."""
    return max((place for place, turn in enumerate(turns) if turn.role == "user"), default=len(turns) - 1)


def _place_for_instruction(turns: Sequence[Message]) -> int:
    """The first system turn, else the last user turn."""
    return next((place for place, turn in enumerate(turns) if is_system(turn)), last_user(turns))


def _instruction(schema: dict[str, object]) -> str:
    """The schema in words; DeepSeek's JSON mode wants the word JSON in the prompt."""
    return f"Answer with one JSON object and nothing else. It must meet this JSON Schema:\n{as_json(schema)}"


def as_json(value: object) -> str:
    """A value in words, as compact JSON."""
    return _ENCODER.encode(value).decode()


def inline(item: str) -> Inline | None:
    """The content of a data URL; None for anything else."""
    found = _DATA_URL.fullmatch(item)
    return Inline(found[1], found[2]) if found else None


def is_link(item: str) -> bool:
    """Whether an item is an address that a provider may fetch."""
    return item.startswith("https://")


def not_inline(item: str, request: Request) -> UnsendableError:
    """The error for an item whose content was not read into the request, and that the provider does not fetch."""
    shown = item if len(item) <= _SHOWN_CHARS else item[: _SHOWN_CHARS - 1] + "…"
    message = f"request `{request.custom_id}`: `{shown}` is not in the request, and this provider reads no addresses"
    return UnsendableError(message, hint="give it as a file or as a `data:...;base64,` URL")
