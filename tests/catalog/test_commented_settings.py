"""What stands commented in the settings files that ship works once its `#` is taken away."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.calls import make_call
from support.catalog_room import CONFIGS, catalog_of

from modelroute_cli.catalog.cards import Provider
from modelroute_cli.providers.formats import format_for

_BLOCK = re.compile(r"^# providers:\n(?:# .*\n)+", re.MULTILINE)


def blocks(name: str) -> list[str]:
    """The commented blocks of a settings file that begin with `providers:`; sentences that follow are left out."""
    found = _BLOCK.findall((CONFIGS / name).read_text("utf-8") + "\n")
    lines = [[line[2:] for line in block.splitlines()] for block in found]
    return ["\n".join(line for line in block if re.match(r"^( |providers:|models:)", line)) for block in lines]


ALL = [(name, text) for name in sorted(path.name for path in CONFIGS.glob("*.yaml")) for text in blocks(name)]


def reached(text: str, name: str, folder: Path) -> Provider:
    """A provider as these settings have it."""
    return catalog_of(text, folder).providers[name]


def sent(provider: Provider) -> tuple[dict[str, str], dict[str, Any]]:
    """Headers and body of a plain request."""
    wire = format_for(provider).encode(make_call(provider=provider))
    return dict(wire.headers), json.loads(wire.body)


@pytest.mark.parametrize("number", range(len(ALL)), ids=[f"{name}-{place}" for place, (name, _) in enumerate(ALL)])
def test_every_commented_block_loads(number: int, tmp_path: Path) -> None:
    """It can be copied as it stands."""
    assert catalog_of(ALL[number][1], tmp_path).providers


def test_there_are_commented_blocks() -> None:
    """The check above checks something."""
    assert {name for name, _ in ALL} >= {"openrouter.yaml", "portkey.yaml"}
    assert len(blocks("portkey.yaml")) == 4


def test_portkey_keeps_the_upstream_s_key(tmp_path: Path) -> None:
    """With a virtual key no other one is sent."""
    (text,) = (text for text in blocks("portkey.yaml") if "virtual-key" in text)
    provider = reached(text, "portkey", tmp_path)
    headers, _ = sent(provider)
    assert headers["x-portkey-virtual-key"] == "open-ai-virtual-1234"
    assert "authorization" not in headers
    assert provider.key_headers == {"x-portkey-api-key": "PORTKEY_API_KEY"}


def test_a_gateway_of_one_s_own_takes_no_portkey_key(tmp_path: Path) -> None:
    """It stands on this machine."""
    (text,) = (text for text in blocks("portkey.yaml") if "8787" in text)
    provider = reached(text, "portkey", tmp_path)
    assert (provider.base_url, provider.key_headers) == ("http://127.0.0.1:8787/v1", {})


def test_portkey_s_labels_are_headers(tmp_path: Path) -> None:
    """JSON among them."""
    (text,) = (text for text in blocks("portkey.yaml") if "metadata" in text)
    headers, _ = sent(reached(text, "portkey", tmp_path))
    assert json.loads(headers["x-portkey-metadata"]) == {"team": "crm"}
    assert headers["x-portkey-trace-id"] == "spring-campaign"


def test_openrouter_is_asked_to_keep_nothing(tmp_path: Path) -> None:
    """And rules that want that may then use it."""
    (text,) = (text for text in blocks("openrouter.yaml") if "zdr" in text)
    provider = reached(text, "openrouter", tmp_path)
    _, body = sent(provider)
    assert body["provider"] == {"zdr": True, "data_collection": "deny", "require_parameters": True}
    assert provider.zero_retention == "always"
