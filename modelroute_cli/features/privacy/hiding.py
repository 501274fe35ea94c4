"""Texts that are shown as examples, without the personal data in them."""

from functools import cache

from modelroute_cli.catalog.settings import PrivacySettings
from modelroute_cli.features.privacy.detector import Detector


def hidden(text: str) -> str:
    """The text with the name of its kind in place of each find of any kind: `Write to <email>`."""
    finds = sorted(_detector().finds(text), key=lambda find: find.span.start, reverse=True)
    for find in finds:
        text = f"{text[: find.span.start]}<{find.kind}>{text[find.span.end :]}"
    return text


@cache
def _detector() -> Detector:
    """One that ignores nothing."""
    return Detector(PrivacySettings())
