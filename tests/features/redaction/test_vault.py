"""Values and their placeholders: there and back."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.redacting import EVERYTHING, TERMS, VALUES, asked, planted, texts

from modelroute_cli.base.schema import PersonalData
from modelroute_cli.features.redaction.order import Redacting, Redactor
from modelroute_cli.features.redaction.placeholders import Placeholder
from modelroute_cli.features.redaction.vault import Vault


def vault_of(*said: str, order: Redacting | None = None) -> Vault:
    """The vault of texts that are sent together."""
    redactor = EVERYTHING if order is None else Redactor(order)
    sealed = redactor.sealed(asked(said[-1], system=said[0] if len(said) > 1 else None), "all")
    assert sealed is not None
    return sealed.vault


@settings(max_examples=40, deadline=None)
@given(text=texts())
def test_an_echo_comes_back_as_it_was(text: str) -> None:
    """Whatever stands around the values, and whatever looks like a placeholder already."""
    vault = vault_of(text)
    opened = vault.opened(vault.sealed(text))
    assert opened.text == text
    assert opened.unknown == 0
    assert opened.returned == frozenset(vault.by_value.values())


@settings(max_examples=40, deadline=None)
@given(text=texts(), value=planted)
def test_no_value_is_left(text: str, value: str) -> None:
    """Terms that stand in a longer word before their beginning are none."""
    sealed = vault_of(f"{text} Write to {value} now").sealed(f"{text} Write to {value} now")
    assert f"to {value} now" not in sealed
    assert not any(each in sealed for each in VALUES)


def test_the_same_value_has_the_same_placeholder_in_all_texts() -> None:
    """Also where only one of the texts says what a number is."""
    vault = vault_of("Ring 030 9018 2012 for Anna Schmidt.", "Ask ANNA SCHMIDT, not 030 9018 2012 or Anna\nSchmidt.")
    assert vault.sealed("Ring 030 9018 2012 for Anna Schmidt.") == "Ring [PHONE_1] for [NAME_1]."
    assert (
        vault.sealed("Ask ANNA SCHMIDT, not 030 9018 2012 or Anna\nSchmidt.")
        == "Ask [NAME_2], not [PHONE_1] or [NAME_3]."
    )
    assert vault.counts == {"phone": 1, "term": 3}


def test_a_number_that_the_text_could_be_read_as_is_not_given_out() -> None:
    """What the user wrote in the form of a placeholder stays the user's."""
    text = "Fill [EMAIL_1] and [email 2] in, from a@web.de; card: 3"
    vault = vault_of(text)
    assert vault.sealed(text) == "Fill [EMAIL_1] and [email 2] in, from [EMAIL_3]; card: 3"
    opened = vault.opened("[EMAIL_1], [EMAIL_2], [EMAIL_3], [EMAIL_4]")
    assert (opened.text, opened.unknown) == ("[EMAIL_1], [EMAIL_2], a@web.de, [EMAIL_4]", 1)


@pytest.mark.parametrize(
    ("said", "back"),
    [
        ("Dear [NAME_1], ([EMAIL_1])", "Dear Łukasz, (a@web.de)"),
        ("Dear [name_1]: [ EMAIL_1 ], [EMAIL 1], [EMAIL1]", "Dear Łukasz: a@web.de, a@web.de, a@web.de"),
        (r"Dear \[NAME\_1\], \\[EMAIL\\_1\\]", "Dear Łukasz, a@web.de"),
        ("mailto:EMAIL_1 <EMAIL_1> {NAME_1}", "mailto:a@web.de <a@web.de> {Łukasz}"),
        ("**[NAME_1]**'s [[EMAIL_1]](x)", "**Łukasz**'s [a@web.de](x)"),
        ("[EMAIL_1, NAME_1] and [NAME_01]", "[a@web.de, Łukasz] and Łukasz"),
        ("to [EMAIL_1", "to [EMAIL_1"),
        ("MY_EMAIL_1 EMAIL_1x EMAIL_11 row[email_1] email_1", "MY_EMAIL_1 EMAIL_1x EMAIL_11 row[email_1] email_1"),
        ("[Name 1] [EMAIL] [EMAIL_] EMAIL 1", "[Name 1] [EMAIL] [EMAIL_] EMAIL 1"),
    ],
)
def test_models_may_write_a_placeholder_in_their_own_way(said: str, back: str) -> None:
    """What is cut off, part of a word, or of code is left as it is."""
    assert vault_of("Łukasz, a@web.de").opened(said).text == back


def test_values_are_escaped_inside_json() -> None:
    """A quote in a name does not end its string."""
    text = f"About {TERMS[3]} and Łukasz"
    vault = vault_of(text)
    opened = vault.opened('{"who": "[NAME_1]", "and": ["[NAME_2]"]}', in_json=True)
    assert json.loads(opened.text) == {"who": TERMS[3], "and": ["Łukasz"]}


def test_a_value_is_found_as_json_writes_it_too() -> None:
    """A judge may be shown it inside an answer."""
    vault = vault_of(f'About {TERMS[3]}, {{"who": "Dwayne \\"The Rock\\" Johnson"}}')
    assert vault.sealed('{"who": "Dwayne \\"The Rock\\" Johnson"}') == '{"who": "[NAME_2]"}'


def test_a_part_of_a_text_gives_nothing_away() -> None:
    """What only the part shows is hidden without a way back."""
    order = Redacting(everywhere=(PersonalData.EMAIL,))
    vault = vault_of("to anna@web.design", order=order)
    assert vault.sealed("to anna@web.de") == "to [EMAIL]"


@settings(max_examples=30, deadline=None)
@given(values=st.lists(st.sampled_from(VALUES), min_size=1, max_size=6))
def test_placeholders_are_numbered_as_values_appear(values: list[str]) -> None:
    """From 1 for each kind, without a gap."""
    vault = vault_of("; ".join(values))
    assert list(vault.by_value) == list(dict.fromkeys(values))
    numbered: dict[str, int] = {}
    for placeholder in vault.by_value.values():
        numbered[placeholder.kind] = numbered.get(placeholder.kind, 0) + 1
        assert placeholder == Placeholder(placeholder.kind, numbered[placeholder.kind])


def test_a_right_answer_is_sealed_only_where_it_can_be_opened() -> None:
    """What it holds beside the values of the request stays."""
    vault = vault_of("To a@web.de")
    assert vault.known_sealed("a@web.de!") == "[EMAIL_1]!"
    assert vault.known_sealed("a@web.de or b@web.de") == "a@web.de or b@web.de"


@pytest.mark.parametrize(
    ("text", "sealed"),
    [
        (
            "Call 030 9018 2012; order 1030 9018 2012, order 030 9018 20123",
            "Call [PHONE_1]; order 1030 9018 2012, order 030 9018 20123",
        ),
        ("Call 030 9018 2012; and 電話030 9018 2012", "Call [PHONE_1]; and 電話[PHONE_1]"),
    ],
)
def test_a_value_that_was_found_once_is_replaced_where_it_stands_alone(text: str, sealed: str) -> None:
    """Not inside a longer number."""
    assert vault_of(text).sealed(text) == sealed
