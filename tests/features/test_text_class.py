"""Rules of the kinds of text."""

import pytest

from modelroute_cli.features.text_class import TextClass, text_class


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", TextClass.ENGLISH),
        ("Write a short e-mail to our customers in Munich, please.", TextClass.ENGLISH),
        ("It\u2019s \u201cdone\u201d \u2014 really.", TextClass.ENGLISH),
        ("Schreibe eine kurze E-Mail \u00fcber Gr\u00f6\u00dfen.", TextClass.LATIN),
        ("def area(r):\n    return math.pi * (r ** 2)  # m\u00b2\n", TextClass.CODE),
        ('  {"name": "Ada", "age": 36}', TextClass.JSON),
        ("[note] call me", TextClass.ENGLISH),
        ("\u6771\u4eac\u90fd\u306b\u4f4f\u3093\u3067\u3044\u307e\u3059\u3002", TextClass.CJK),
        ("\uc548\ub155\ud558\uc138\uc694", TextClass.CJK),
        ("\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440", TextClass.OTHER_SCRIPT),
        ("\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e", TextClass.OTHER_SCRIPT),
        ("Explain the word \u043c\u0438\u0440 to me in simple terms.", TextClass.ENGLISH),
        ("\ud800", TextClass.ENGLISH),
    ],
)
def test_the_class_follows_the_characters(text: str, found: TextClass) -> None:
    """A few foreign words or typographic quotes do not change the class of a text."""
    assert text_class(text) is found


def test_only_the_head_is_read() -> None:
    """Two thousand characters say it; the rest costs nothing."""
    assert text_class("plain words " * 200 + "\u6f22" * 50_000) is TextClass.ENGLISH
