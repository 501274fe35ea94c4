"""What kind of text a text is, as far as tokenizers care: found from its characters alone, at its head."""

import re
from enum import StrEnum

_HEAD_CHARS = 2_000
# Patterns that are compiled where a text is no ASCII: large classes take 5 ms each.
_CJK = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
_OTHER_SCRIPT = "[\u0370-\u1fff\ua980-\uabff\ufb1d-\ufdff\ufe70-\ufefc]"
_ACCENTED = "[\u00c0-\u024f]"
_CODE = re.compile(r"[{}();=<>\[\]_\\|&*#]")
_SCRIPT_SHARE = 0.2
_ACCENT_SHARE = 0.004
_CODE_SHARE = 0.05
_CODE_SIGNS = 3  # a bracket or two are no program


class TextClass(StrEnum):
    """Kinds of text whose tokens differ between vocabularies by about the same factor."""

    ENGLISH = "english"  # and whatever else is written in plain ASCII letters
    LATIN = "latin"  # with accents: German, French, Spanish, Turkish, ...
    CODE = "code"
    JSON = "json"
    CJK = "cjk"
    OTHER_SCRIPT = "other_script"  # Cyrillic, Greek, Arabic, Hebrew, Indic, Thai, ...


def text_class(text: str) -> TextClass:
    """The kind of `text`, by its first 2,000 characters."""
    head = text[:_HEAD_CHARS]
    if head.lstrip()[:1] in ("{", "[") and '"' in head:
        return TextClass.JSON
    return (TextClass.ENGLISH if head.isascii() else _by_script(head)) if not _is_code(head) else TextClass.CODE


def _is_code(head: str) -> bool:
    return len(_CODE.findall(head)) > max(_CODE_SHARE * len(head), _CODE_SIGNS)


def _by_script(head: str) -> TextClass:
    """The class of what is no code: by the share of letters of each script."""
    for pattern, share, found in (
        (_CJK, _SCRIPT_SHARE, TextClass.CJK),
        (_OTHER_SCRIPT, _SCRIPT_SHARE, TextClass.OTHER_SCRIPT),
        (_ACCENTED, _ACCENT_SHARE, TextClass.LATIN),
    ):
        if len(re.findall(pattern, head)) > share * len(head):
            return found
    return TextClass.ENGLISH
