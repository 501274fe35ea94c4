"""`modelroute doctor`: what is there, what is missing, and with --online what the providers say; never a key."""

from typing import cast

import pytest
from support.cli import Cli
from support.raw_place import Place
from support.raw_server import answers, raw

from modelroute_cli.base.errors import ExitCode

KEY = "sk-planted-doctor-key"


def _settings(url: str, more: str = "") -> str:
    aliases = "cheap: [gpt-6-luna], premium: [gpt-6-luna], analysis: [gpt-6-luna], multimodal: [gpt-6-luna]"
    return f"aliases: {{{aliases}, escalation: [gpt-6-luna]}}\nproviders: {{openai: {{base_url: {url}/v1{more}}}}}\n"


def test_every_provider_of_an_alias_has_its_address_and_format(cli: Cli) -> None:
    """Where requests would go, and in which language."""
    lines = cli("doctor").out.splitlines()
    assert any(line.split() == ["openai", "openai_chat", "https://api.openai.com/v1"] for line in lines)


def test_the_rest_of_the_machine_is_told(cli: Cli) -> None:
    """Where runs go and how much room is there, which extras are installed, how old the cards are."""
    lines = cli("doctor").out.splitlines()
    assert any(line.startswith("runs are written to .modelroute, ") and line.endswith(" GiB free") for line in lines)
    assert any(line.startswith("extras: fast ") for line in lines)
    assert any(line.startswith("the oldest card of a model in use is of 20") for line in lines)


def test_a_price_of_one_s_own_has_its_age(cli: Cli) -> None:
    """The library's prices are of the day that is asked about; one's own grow old."""
    cli.write("modelroute.yaml", 'prices: {gpt-6-luna: {input: "1", output: "2", date: "2025-01-31"}}\n')
    lines = cli("doctor").out.splitlines()
    assert any(
        line.startswith("the oldest price of your own of a model in use is of 2025-01-31 (gpt-6-luna)")
        for line in lines
    )


def test_a_folder_that_cannot_be_written_is_said(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a run finds out."""
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "runs cannot be written to .modelroute: no permission here, " in cli("doctor").out


def test_json_names_every_setting_with_its_origin(cli: Cli) -> None:
    """Those of files and variables with their place, the others as defaults."""
    cli.write("modelroute.yaml", "run: {concurrency: 3}\n")
    found = cli("doctor", "--json").json
    origins, defaults = cast("dict[str, str]", found["origins"]), cast("list[str]", found["defaults"])
    assert origins == {"run.concurrency": "modelroute.yaml"}
    assert {"run.timeout_s", "network.proxy", "objective.baseline"} <= set(defaults)
    assert found["online"] is None


def test_nothing_is_sent_unless_asked(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline means offline."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with Place(answers(raw(b"{}"))).open() as place:
        cli.write("modelroute.yaml", _settings(place.url))
        assert cli("doctor").code == ExitCode.OK
        assert place.seen == []


def test_an_accepted_key_is_said(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A GET of the list of models, with the key; nothing that costs."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with Place(answers(raw(b'{"data": []}'))).open() as place:
        cli.write("modelroute.yaml", _settings(place.url))
        done = cli("doctor", "--online")
    assert (done.code, done.err) == (ExitCode.OK, "")
    assert any(line.startswith("openai    key accepted, ") and line.endswith(" s") for line in done.out.splitlines())
    assert place.seen[0].startswith(b"GET /v1/models HTTP/1.1\r\n")
    assert f"authorization: bearer {KEY}".encode() in place.seen[0].lower()
    assert len(place.seen) == 1


def test_a_refused_key_ends_with_its_exit_code_and_is_not_shown(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """An alias needs it; the provider's own words are told, without the key that it quotes."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    body = f'{{"error": {{"message": "Incorrect API key provided: {KEY}", "code": "invalid_api_key"}}}}'.encode()
    with Place(answers(raw(body, status="401 Unauthorized"))).open() as place:
        cli.write("modelroute.yaml", _settings(place.url))
        done, as_json = cli("doctor", "--online"), cli("doctor", "--online", "--json")
    assert (done.code, as_json.code) == (ExitCode.CREDENTIALS, ExitCode.CREDENTIALS)
    assert any(line.startswith("openai    KEY REFUSED (401), ") for line in done.out.splitlines())
    assert done.out.count("Incorrect API key provided: [hidden]") == 1
    assert KEY not in done.out + done.err + as_json.out + as_json.err


def test_a_clock_that_is_wrong_is_said(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the date of the answer; half a day is more than the way takes."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with Place(answers(raw(b"{}", "Date: Mon, 23 Nov 2020 12:00:00 GMT"))).open() as place:
        cli.write("modelroute.yaml", _settings(place.url))
        found = cast("list[dict[str, object]]", cli("doctor", "--online", "--json").json["online"])
        shown = cli("doctor", "--online").out
    assert cast("float", found[0]["skew_s"]) < -86_400
    assert " s behind ours" in shown


def test_a_provider_without_its_key_is_not_asked_and_no_error(cli: Cli) -> None:
    """What is missing is said as ever; asking without a key would say nothing."""
    with Place(answers(raw(b"{}"))).open() as place:
        cli.write("modelroute.yaml", _settings(place.url))
        done = cli("doctor", "--online")
        assert place.seen == []
    assert done.code == ExitCode.OK
    said = "not asked, no key for `openai`: environment variable `OPENAI_API_KEY` is not set"
    assert f"openai    {said}" in done.out.splitlines()


def test_a_provider_that_is_not_there_is_said_and_no_error(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The network, not the key."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    cli.write("modelroute.yaml", _settings("http://127.0.0.1:9"))
    done = cli("doctor", "--online")
    assert done.code == ExitCode.OK
    assert "openai    not reached, no connection to `127.0.0.1:9`: " in done.out


def test_a_server_without_keys_is_there_and_nothing_is_claimed_of_keys(cli: Cli) -> None:
    """A local server takes whoever comes; one without a path to ask is left alone."""
    with Place(answers(raw(b"{}"))).open() as place:
        cli.write("modelroute.yaml", _settings(place.url, ", auth: none"))
        assert "openai    there (200), " in cli("doctor", "--online").out
        cli.write("modelroute.yaml", _settings(place.url, ", auth: none, check_path: null"))
        assert "openai    not asked, nothing that it answers is free" in cli("doctor", "--online").out


def test_a_server_that_a_run_starts_is_not_asked(cli: Cli) -> None:
    """It is not there yet."""
    cli.write("modelroute.yaml", _settings("http://127.0.0.1:0", ", auth: none"))
    assert "openai    not asked, a run starts it itself" in cli("doctor", "--online").out.splitlines()


def test_a_wrong_file_of_certificates_is_an_error_of_the_settings(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lies beside the settings file that names it."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    cli.write("modelroute.yaml", "network: {ca_file: gone.pem}\n")
    done = cli("doctor", "--online")
    assert done.code == ExitCode.USAGE
    where = "`network.ca_file`: of `gone.pem` no certificates can be read"
    assert done.err.splitlines()[0] == f"error: {where}: No such file or directory"
