"""A found model as a card of ours: its name, what its endpoint can do, which tokenizer counts for it."""

import re
from collections.abc import Mapping

from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.imports.found import Entry, FoundModel, UnfitError

# Providers whose models carry their bare id as their name; a model of any other is `provider/id`.
_MAKERS = ("openai", "anthropic", "google", "deepseek", "mistral")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,127}")
# What the provider's own compatible endpoint takes, whatever its models can (data/providers.yaml).
_ENDPOINT_SCHEMA = {"anthropic": "none", "deepseek": "json_object"}
_SNAPSHOT = re.compile(r"-(?:[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2})$")
_TOKENIZERS = (
    ("claude_5", r"claude-(?:[a-z]+-)?(?:4[-.][78]|[5-9]).*"),
    ("claude_4", r"claude-.*"),
    ("o200k", r"(?:gpt|chatgpt|o[134])(?:-.*)?"),
    ("gemini", r"(?:gemini|gemma)-.*"),
    ("deepseek", r"deepseek-.*"),
    ("llama", r"(?:meta-)?llama-.*"),
    ("mistral", r"(?:open-)?(?:mistral|mixtral|ministral|magistral|codestral|devstral|pixtral|voxtral)-.*"),
    ("qwen_3_5", r"qwen-?3\.[5-9].*"),
    ("qwen", r"(?:qwen|qwq).*"),
    ("glm", r"glm-.*"),
    ("kimi", r"kimi-.*"),
    ("grok", r"grok-.*"),
    ("cohere", r"command-.*"),
    ("smollm", r"smollm.*"),
)


def our_name(entry: Entry, catalog: Catalog) -> str:
    """The name users type: that of the card which has this provider and id, else a new one.

    UnfitError for ids that are no names, and for names that are aliases already.
    """
    known = next((card.name for card in catalog.models.values() if _is(entry, card.provider, card.model_id)), None)
    name = known or (entry.model_id if entry.provider in _MAKERS else f"{entry.provider}/{entry.model_id}")
    if not _NAME.fullmatch(name):
        message = "its id is no name"
        raise UnfitError(message)
    if name in catalog.aliases:
        message = "its name is an alias of yours"
        raise UnfitError(message)
    return name


def _is(entry: Entry, provider: str, model_id: str) -> bool:
    return (entry.provider, entry.model_id) == (provider, model_id)


def card_fields(found: FoundModel, catalog: Catalog) -> Mapping[str, object]:
    """The fields of a new card but its source, in their order; input is held below a step that prices cannot say."""
    base = base_model_of(found.model_id, catalog)
    fields = {
        "provider": found.provider,
        "model_id": found.model_id,
        "base_model": base,
        "context_tokens": min(found.context_tokens, found.step_tokens or found.context_tokens),
        "max_output_tokens": found.max_output_tokens,
        "modalities": [item.value for item in found.modalities],
        "response_schema": _schema(found),
        "efforts": list(found.efforts) or None,
        "thinking": _thinking(found),
        "sampling": found.sampling,
        "tokenizer": tokenizer_of(base),
        "released": found.released,
        "shutdown": found.shutdown,
    }
    return {name: value for name, value in fields.items() if value is not None}


def base_model_of(model_id: str, catalog: Catalog) -> str:
    """The weights' own name: the id without vendor, day and variant, spelled as the catalog spells it."""
    base = _SNAPSHOT.sub("", model_id.rsplit("/", 1)[-1].split(":", maxsplit=1)[0])
    known = {card.base_model.replace(".", "-"): card.base_model for card in catalog.models.values()}
    return known.get(base.replace(".", "-"), base)


def tokenizer_of(base_model: str) -> str:
    """The family (data/tokenizers.yaml) that a model's name belongs to; `unknown` counts with a wide margin."""
    return next((family for family, names in _TOKENIZERS if re.fullmatch(names, base_model.lower())), "unknown")


def _schema(found: FoundModel) -> str:
    """What the endpoint does with a response schema."""
    return _ENDPOINT_SCHEMA.get(found.provider, "native") if found.schema else "none"


def _thinking(found: FoundModel) -> str:
    """Whether it thinks; `always` where nothing says that it can be told not to, so that no plan is too cheap."""
    if not found.thinks:
        return "none"
    return "optional" if "none" in found.efforts else "always"
