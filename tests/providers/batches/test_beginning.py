"""Tests of modelroute_cli.providers.batches.beginning."""

from pathlib import Path

import pytest
from support.batch_objects import openai_batch
from support.batch_wire import account, done, fails, parcel, said
from support.calls import OPENAI

from modelroute_cli.catalog.cards import Provider
from modelroute_cli.providers.base import FailureKind, TransportError
from modelroute_cli.providers.batch import BatchApi
from modelroute_cli.providers.batches.beginning import begun
from modelroute_cli.providers.batches.common import asks, told
from modelroute_cli.providers.batches.mistral import MistralJobs
from modelroute_cli.providers.batches.openai import OpenAIBatches
from modelroute_cli.providers.batches.openrouter import OpenRouterBatches

MISTRAL = Provider(name="mistral", base_url="https://api.mistral.ai/v1")


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (403, "Project does not have access to batches", FailureKind.TIER),
        (401, "You have insufficient permissions. Missing scopes: api.files.write", FailureKind.TIER),
        (401, "Incorrect API key provided", FailureKind.ACCOUNT),
        (402, "no credits", FailureKind.ACCOUNT),
        (400, "no such field", FailureKind.REQUEST),
        (429, "slow down", FailureKind.RATE_LIMITED),
    ],
)
def test_a_key_that_may_not_begin_a_batch_may_still_send(
    tmp_path: Path, status: int, message: str, kind: FailureKind
) -> None:
    """Its provider is not closed for that; for a look at a batch it is a refusal like any."""
    refusal = said({"error": {"message": message}}, status)
    made, _ = account(OPENAI, tmp_path, refusal, refusal)
    error = fails(begun(made, asks(made, "/batches", {})))
    assert (error.failure.kind, error.failure.message, error.taken) == (kind, message, False)
    looked = fails(told(made, asks(made, "/batches/b-1"))).failure.kind
    assert looked is (FailureKind.ACCOUNT if kind is FailureKind.TIER else kind)


def test_what_begins_is_told_as_ever(tmp_path: Path) -> None:
    """A success, and a line that breaks."""
    made, _ = account(OPENAI, tmp_path, said(openai_batch()), TransportError("broke", sent=True))
    assert done(begun(made, asks(made, "/batches", {}))).data["id"] == "batch_1"
    error = fails(begun(made, asks(made, "/batches", {})))
    assert (error.failure.kind, error.taken) == (FailureKind.UNKNOWN, True)


@pytest.mark.parametrize("api", [OpenAIBatches(), MistralJobs(), OpenRouterBatches()])
def test_every_api_closes_the_tier_alone(tmp_path: Path, api: BatchApi) -> None:
    """Where it submits, and where it uploads."""
    forbidden = said({"error": {"message": "no batches for you"}}, 403)
    made, _ = account(MISTRAL, tmp_path, forbidden, forbidden)
    sent = parcel(tmp_path, b"{}")
    assert fails(api.submit(made, sent, "file-1")).failure.kind is FailureKind.TIER
    if not isinstance(api, OpenRouterBatches):
        assert fails(api.upload(made, sent)).failure.kind is FailureKind.TIER
