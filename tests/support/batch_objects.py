"""Batch objects as providers write them, to be changed field by field."""

from typing import Any

from support.batch_wire import CREATED


def openai_batch(**fields: object) -> dict[str, Any]:
    """A batch object as OpenAI writes it."""
    return {
        "id": "batch_1",
        "object": "batch",
        "endpoint": "/v1/chat/completions",
        "errors": None,
        "input_file_id": "file-1",
        "completion_window": "24h",
        "status": "in_progress",
        "output_file_id": None,
        "error_file_id": None,
        "created_at": CREATED,
        "request_counts": {"total": 3, "completed": 1, "failed": 1},
        "metadata": {"modelroute": "run-1-batch-1"},
        **fields,
    }


def mistral_job(**fields: object) -> dict[str, Any]:
    """A job object as Mistral writes it."""
    return {
        "id": "job-1",
        "object": "batch",
        "input_files": ["file-1"],
        "endpoint": "/v1/chat/completions",
        "model": "mistral-small-latest",
        "errors": [],
        "status": "RUNNING",
        "created_at": CREATED,
        "total_requests": 5,
        "completed_requests": 3,
        "succeeded_requests": 2,
        "failed_requests": 1,
        "metadata": {"modelroute": "run-1-batch-1"},
        "output_file": None,
        "error_file": None,
        **fields,
    }


def openrouter_batch(**fields: object) -> dict[str, Any]:
    """A batch object as OpenRouter writes it."""
    return {
        "id": "batch-1",
        "object": "batch",
        "endpoint": "/v1/chat/completions",
        "model": "openai/gpt-6-luna",
        "provider": "OpenAI",
        "status": "in_progress",
        "completion_window": "24h",
        "created_at": CREATED,
        "expires_at": None,
        "finalized_at": None,
        "error": None,
        "request_counts": {"total": 2, "completed": 1, "failed": 0},
        "results": None,
        "usage": None,
        **fields,
    }
