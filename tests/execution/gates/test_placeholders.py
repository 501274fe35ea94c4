"""What nobody filled in."""

# ruff: noqa: RUF001 - other scripts are meant

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.execution.gates.placeholders import leftover, leftover_field
from modelroute_cli.execution.gates.subject import Subject

REQUEST = Request(custom_id="r", prompt="x")


def _subject(output: str, prompt: str = "x") -> Subject:
    return Subject(Request(custom_id="r", prompt=prompt), GateRules(), output)


@pytest.mark.parametrize(
    "text",
    [
        "Dear [Name],",
        "Best regards,\n[Your Name]\n[Your Company]",
        "Hi {{first_name}}, hello",
        "Dear {customer_name}",
        "Dear <company>,",
        "Sehr geehrte/r [Name des Empfängers]",
        "Mit freundlichen Grüßen [Ihr Name]",
        "[Insert date here]",
        "INSERT LOGO HERE",
        "Bonjour [Prénom],",
        "Hola [Nombre],",
        "Gentile [Nome Cliente],",
        "Olá [Nome],",
        "Beste [Naam],",
        "Witaj [Imię],",
        "Hej [Namn],",
        "【氏名】様",
        "尊敬的[姓名]：",
        "save XXX% today",
        "um XXX Euro günstiger",
        "call XXX-XXX-XXXX",
        "Order no. XXXX",
        "%FIRSTNAME%",
        "${name}",
        "<<Name>>",
        "Lorem ipsum dolor",
        "[Company Name]",
        "[DATE]",
        "[link]",
        "[Insert product]",
        "[您的姓名]",
        "Dear {name},",
        "(insert name)",
        "[Datum einfügen]",
    ],
)
def test_what_stands_for_something_is_seen(text: str) -> None:
    """Brackets with a word for it in ten languages, fields of mail merge, crosses, orders to insert."""
    assert leftover(_subject(text)) is not None


@pytest.mark.parametrize(
    "text",
    [
        "See [our shop](https://x.de) for more",
        "[1] Smith et al.",
        "[laughs] Oh no",
        "[Chorus]\nWe are",
        "[Verse 1]",
        "He [the minister] said",
        "<div>Name</div>",
        "<title>My page</title>",
        "`{{name}}` is Jinja",
        "```\nprint(f'{name_x}')\n```",
        "Super Bowl XXX",
        "Louis XIV and Chapter XXX",
        "[x] done [ ] open",
        "a[i] = b[name]",
        '{"name": "x"}',
        "{1, 2, 3}",
        "[sic]",
        "save 20% today, 30% tomorrow",
        "x < y and y > z",
        "Date: [2026]",
        "<b>Sale</b>",
        "CSS {color: red}",
        "[...]",
        "100 % Baumwolle, 50 % Rabatt",
        "【お知らせ】\n夏のセールを開催します",
        "[John Smith]",
        "[in order to achieve global hegemony]",
        '["name", "of", "string"]',
        "\\frac{x_n}{y_n}",
    ],
)
def test_other_brackets_are_none(text: str) -> None:
    """Links, footnotes, stage directions, HTML, code, lists, formulas, Roman numbers."""
    assert leftover(_subject(text)) is None


def test_the_first_one_is_named() -> None:
    """As it stands in the answer."""
    told = leftover(_subject("Dear [Name],\n\nbest regards\n[Your Company]"))
    assert told == "`[Name]` is left in it"


def test_what_the_request_has_is_to_be_kept() -> None:
    """A template to translate keeps its fields; those that the model adds are left over."""
    prompt = "Translate: Hi {{ first_name }}, your [Order  Number] is here."
    assert leftover(_subject("Hallo {{ first_name }}, Ihre [order number] ist da.", prompt)) is None
    told = leftover(_subject("Hallo {{ first_name }}, [Ihr Name]", prompt))
    assert told == "`[Ihr Name]` is left in it"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Hi {{first_name}},", True),
        ("Hi {first_name},", True),
        ("Hi %NAME%,", True),
        ("[INSERT LOGO HERE]", True),
        ("Please insert your logo here", True),
        ("Bitte Logo hier einfügen", True),
        ("Lorem ipsum dolor sit amet", True),
        ("Dear [Name],", False),
        ("Save XXX% today", False),
        ("Dear <company>,", False),
        ("Insert the card and press start", False),
    ],
)
def test_fields_of_mail_merge_are_told_from_names_in_brackets(text: str, *, field: bool) -> None:
    """The one kind fails e-mails without being asked, the other only where a request asks for it."""
    assert (leftover_field(text, REQUEST) is not None) is field


@pytest.mark.parametrize(
    "text", ["[" * 50_000, "{{" * 50_000, "<" * 50_000, "[a" * 30_000, "{{ a" * 20_000, "`" * 50_001]
)
def test_hostile_texts_are_read_in_a_moment(text: str) -> None:
    """Every pattern is bounded."""
    assert leftover(_subject(text)) is None


@given(st.text(max_size=50), st.text(alphabet="[]{}<>%X`aN ", max_size=60))
def test_no_text_makes_it_raise(text: str, marks: str) -> None:
    """Whatever a model says; and a request that says it too makes it right."""
    for said in (text, marks):
        leftover(_subject(said))
        assert leftover(_subject(said, prompt=f"Keep this: {said}")) is None
