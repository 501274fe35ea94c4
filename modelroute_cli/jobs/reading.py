"""How a job file is to be read, where the file alone does not say it; a plan keeps it, to read the same again."""

import hashlib

import msgspec
from msgspec import Struct


class Reading(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the command line says about reading: nothing, for most files."""

    ignore_models: bool = False  # models that rows name bind nobody
    prompt: str | None = None  # a template over the columns of a row
    system: str | None = None  # the same, for rows that give no `system` of their own
    encoding: str | None = None  # of the text, where it is not UTF-8


AS_IT_STANDS = Reading()


class TemplateOrigins(Struct, frozen=True, kw_only=True):
    """Who gave the templates, as errors name it; a plan does not keep it."""

    prompt: str = "--prompt"
    system: str = "--system"


BY_FLAGS = TemplateOrigins()


def spool_key(digest: str, reading: Reading) -> str:
    """What a spool is made from: the bytes (`sha256:` and hex), and how they were read where that changes it."""
    made = msgspec.structs.replace(reading, ignore_models=False)  # a spool keeps the models
    if made == AS_IT_STANDS:
        return digest
    return f"sha256:{hashlib.sha256(digest.encode() + msgspec.json.encode(made)).hexdigest()}"
