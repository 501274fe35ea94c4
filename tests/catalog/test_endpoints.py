"""No key stands in settings, and none travels in clear text over a network."""

from typing import Any

import pytest
from msgspec.structs import replace
from support.catalog_room import default_catalog

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.endpoints import check_provider, is_loopback, is_own, is_started


def refusal(provider: Provider) -> str:
    """The message that a provider meets."""
    with pytest.raises(SettingsError) as caught:
        check_provider(provider, "f.yaml")
    return caught.value.message


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com/v1",
        "http://127.0.0.1:8000/v1",
        "http://localhost:11434/v1",
        "http://[::1]:8000/v1",
        "http://192.168.1.20:8000/v1",
        "http://10.0.0.5/v1",
        "http://vllm:8000/v1",
        "http://gpu.local:8000/v1",
        "http://host.docker.internal:8000/v1",
    ],
)
def test_https_and_local_http_are_endpoints(url: str) -> None:
    """Clear text may go to this machine and to names and addresses that no public network has."""
    provider = Provider(name="p", base_url=url)
    check_provider(provider, "f.yaml")
    assert provider.base_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://api.openai.com/v1",
        "http://8.8.8.8/v1",
        "ftp://host/v1",
        "api.openai.com/v1",
        "",
        "https://",
        "http://[2001:4860::8]/v1",
    ],
)
def test_clear_text_over_a_network_is_refused(url: str) -> None:
    """A URL that would show keys and requests on the way, or is none, is no endpoint."""
    expected = f"f.yaml: provider `p`: `base_url` is `{url}`: keys and requests would be readable on the way"
    assert refusal(Provider(name="p", base_url=url)) == expected


@pytest.mark.parametrize(
    "url",
    ["https://user:secret@host/v1", "https://host/v1?key=secret", "https://secret@host/v1", "https://host/v1#secret"],
)
def test_a_url_with_a_secret_is_refused_and_not_shown(url: str) -> None:
    """What may be a key in a URL is not repeated."""
    assert (
        refusal(Provider(name="p", base_url=url))
        == "f.yaml: provider `p`: `base_url` has a user, a key or a query in it"
    )


@pytest.mark.parametrize("url", ["https://host:port/v1", "https://[half/v1"])
def test_what_is_no_url_is_refused(url: str) -> None:
    """A port that is no number and a broken address are errors of the settings, not later of the network."""
    assert refusal(Provider(name="p", base_url=url)) == "f.yaml: provider `p`: `base_url` is no URL"


@pytest.mark.parametrize("key", ["sk-live-1234", "Bearer abc", "", "$OPENAI_API_KEY"])
def test_a_key_where_its_variables_name_belongs_is_refused_and_not_shown(key: str) -> None:
    """The usual mistake is caught before the key reaches a plan file."""
    own = refusal(Provider(name="p", base_url="https://h", api_key_env=key))
    extra = refusal(Provider(name="p", base_url="https://h", key_headers={"x-k": key}))
    assert own == "f.yaml: provider `p`: `api_key_env` is not the name of an environment variable"
    assert extra == "f.yaml: provider `p`: `key_headers.x-k` is not the name of an environment variable"


@pytest.mark.parametrize("header", ["Authorization", "x-api-key", "X-Portkey-Api-Key", "Ocp-Api-Key", "cf-aig-token"])
def test_a_key_in_fixed_headers_is_refused(header: str) -> None:
    """Fixed headers are written into plans, so they hold no keys."""
    provider = Provider(name="p", base_url="https://h", headers={header: "secret"})
    assert refusal(provider) == f"f.yaml: provider `p` has a key in `headers`: `{header}`"


def test_other_headers_may_be_fixed() -> None:
    """An application's name is no secret."""
    provider = Provider(name="p", base_url="https://h", headers={"X-OpenRouter-Title": "mine"})
    check_provider(provider, "f.yaml")
    assert provider.headers == {"X-OpenRouter-Title": "mine"}


@pytest.mark.parametrize("value", ["Bearer abcdefgh", "sk-live-1234567890"])
def test_what_looks_like_a_key_is_refused_under_any_name(value: str) -> None:
    """A logging proxy's header, for one."""
    provider = Provider(name="p", base_url="https://h", headers={"Helicone-Auth": value})
    assert refusal(provider) == "f.yaml: provider `p` has a key in `headers`: `Helicone-Auth`"


def test_the_header_that_carries_the_key_cannot_be_fixed() -> None:
    """Whatever its name is."""
    provider = Provider(name="p", base_url="https://h", auth="header", auth_header="X-Mine", headers={"x-mine": "v"})
    assert refusal(provider) == "f.yaml: provider `p` has a key in `headers`: `x-mine`"
    check_provider(replace(provider, auth="bearer"), "f.yaml")


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("headers.a b", {"headers": {"a b": "v"}}),
        ("key_headers.a:", {"key_headers": {"a:": "A_KEY"}}),
        ("auth_header", {"auth": "header", "auth_header": "api-key: Bearer"}),
        ("auth_header", {"auth_header": ""}),
        ("upstream_header", {"upstream_header": "x\r\ny"}),
    ],
)
def test_a_header_has_a_name_that_http_takes(field: str, fields: dict[str, Any]) -> None:
    """Else each request would fail, or carry another header."""
    assert refusal(Provider(name="p", base_url="https://h", **fields)) == (
        f"f.yaml: provider `p`: `{field}` is no name of a header"
    )


def test_a_header_s_value_is_one_line_and_not_shown() -> None:
    """A line break would begin another header."""
    provider = Provider(name="p", base_url="https://h", headers={"x-title": "mine\r\nauthorization: secret"})
    assert refusal(provider) == (
        "f.yaml: provider `p`: `headers.x-title` holds a line break or another control character"
    )


@pytest.mark.parametrize("name", ["model", "messages", "max_tokens", "max_completion_tokens", "n", "service_tier"])
def test_the_settings_cannot_decide_what_each_request_decides(name: str) -> None:
    """Two answers, a longer one or a dearer tier would cost more than was planned."""
    assert refusal(Provider(name="p", base_url="https://h", extra_body={name: 2})) == (
        f"f.yaml: provider `p` sets `{name}` in `extra_body`, which each request decides itself"
    )


def test_no_gateway_turns_to_models_that_no_cap_knows() -> None:
    """They would be billed at their own prices, by their own count of tokens."""
    provider = Provider(name="openrouter", base_url="https://h", extra_body={"models": ["openai/gpt-6-sol"]})
    assert refusal(provider) == (
        "f.yaml: provider `openrouter` sets `models` in `extra_body`: "
        "what it turns to by itself has prices and tokens no cap knows"
    )


@pytest.mark.parametrize(
    ("place", "body"),
    [
        ("extra_body.api_key", {"api_key": "x"}),
        ("extra_body.upstream.OPENAI_API_KEY", {"upstream": {"OPENAI_API_KEY": "x"}}),
        ("extra_body.options[1].accessToken", {"options": [1, {"accessToken": {"inner": 1}}]}),
        ("extra_body.note", {"note": "sk-live-1234567890"}),
        ("extra_body.h[0]", {"h": ["Bearer abcdefgh"]}),
    ],
)
def test_a_key_in_the_body_is_refused_and_not_shown(place: str, body: dict[str, object]) -> None:
    """By its name or by its looks, however deep it stands."""
    assert refusal(Provider(name="p", base_url="https://h", extra_body=body)) == (
        f"f.yaml: provider `p`: `{place}` looks like a key"
    )


def test_what_a_provider_takes_besides_may_be_fixed() -> None:
    """Routing, sampling of its own, cache words."""
    body: dict[str, object] = {
        "provider": {"zdr": True, "order": ["azure"], "max_price": {"prompt": 1}},
        "top_k": 20,
        "min_tokens": 5,
        "prompt_cache_key": "keyboards-and-tokens",
    }
    provider = Provider(name="p", base_url="https://h", extra_body=body)
    check_provider(provider, "f.yaml")
    assert provider.extra_body == body


@pytest.mark.parametrize(
    ("url", "started"),
    [("http://127.0.0.1:0/v1", True), ("http://127.0.0.1:8000/v1", False), ("https://a.b/v1", False)],
)
def test_port_0_is_started_by_a_run(url: str, *, started: bool) -> None:
    """A port is 0 where any free one will do."""
    provider = Provider(name="p", base_url=url)
    check_provider(provider, "f.yaml")
    assert is_started(provider) is started


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://127.9.9.9/v1", True),
        ("http://localhost:11434/v1", True),
        ("http://model.localhost/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://192.168.1.20/v1", False),
        ("http://gpu.local/v1", False),
        ("https://127.0.0.1.example.com/v1", False),
        ("https://api.openai.com/v1", False),
    ],
)
def test_this_machine_is_told_from_others(url: str, *, here: bool) -> None:
    """A private network is not this machine."""
    assert is_loopback(url) is here


def test_one_shipped_model_is_of_this_machine() -> None:
    """All others are somebody's."""
    assert [name for name in default_catalog().models if is_own(default_catalog(), name)] == ["local/smollm2"]
