"""What is replaced in which request."""

import pytest
from hypothesis import given, settings
from support.redacting import EVERYTHING, VALUES, asked, texts

from modelroute_cli.base.errors import JobFileError, PlanFileError
from modelroute_cli.base.schema import Message, PersonalData, Request, Tool
from modelroute_cli.features.redaction.order import DETECTOR, Redacting, Redactor, kinds_of

MAIL = PersonalData.EMAIL
TEXT = "To a@web.de, IBAN DE89 3704 0044 0532 0130 00, for Anna"


def sent(redactor: Redactor, request: Request, rule: str = "all") -> str | None:
    """The prompt as it is sent."""
    sealed = redactor.sealed(request, rule)
    return request.prompt if sealed is None else sealed.request.prompt


def test_nothing_is_looked_for_unless_somebody_says_so() -> None:
    """A request that nobody wants redacted is not even read."""
    assert Redactor().sealed(asked(TEXT), "all") is None
    assert not Redactor(Redacting(rules={"eu": (MAIL,)})).redacts(asked(TEXT), "all")


def test_what_settings_rules_and_rows_ask_for_adds_up() -> None:
    """Each its kinds and its terms."""
    redactor = Redactor(Redacting(rules={"eu": (MAIL,)}, fields=("who", "none")))
    assert sent(redactor, asked(TEXT)) == TEXT
    assert sent(redactor, asked(TEXT), "eu") == "To [EMAIL_1], IBAN DE89 3704 0044 0532 0130 00, for Anna"
    row = asked(TEXT, redact=(PersonalData.IBAN,), metadata={"who": ["Anna", 4711, True, None]})
    assert sent(redactor, row, "eu") == "To [EMAIL_1], IBAN [IBAN_1], for [NAME_1]"
    assert sent(Redactor(), asked(TEXT, redact=True)) == "To [EMAIL_1], IBAN [IBAN_1], for Anna"
    assert sent(Redactor(), asked(TEXT, redact_terms=("Anna",))).endswith("for [NAME_1]")  # type: ignore[union-attr]


def test_what_is_ignored_is_sent() -> None:
    """The user says that it is nobody's."""
    redactor = Redactor(Redacting(everywhere=(MAIL,), ignore=("web.de",)))
    assert sent(redactor, asked(TEXT)) == TEXT


def test_a_question_about_a_request_has_its_placeholders() -> None:
    """And new ones for what is new in it."""
    redactor = Redactor(Redacting(everywhere=tuple(PersonalData), terms=("Anna",)))
    sealed = redactor.sealed(asked("For b@web.de: 'To a@web.de, Anna'"), "all", asked(TEXT))
    assert sealed is not None
    assert sealed.request.prompt == "For [EMAIL_2]: 'To [EMAIL_1], [NAME_1]'"


def test_every_text_that_is_sent_is_sealed() -> None:
    """Turns, the schema with its names, tools and stops; a request in which nothing is found is itself."""
    request = Request(
        custom_id="r",
        messages=(Message("system", "For Anna"), Message("user", "a@web.de")),
        response_schema={"properties": {"Anna": {"type": "string", "pattern": "x", "enum": ["a@web.de", "b@web.de"]}}},
        tools=(Tool(name="mail", parameters={"description": "of Anna", "maxLength": 3}),),
        stop=("Anna",),
    )
    sealed = Redactor(Redacting(everywhere=(MAIL,), terms=("Anna",))).sealed(request, "all")
    assert sealed is not None
    assert sealed.request == Request(
        custom_id="r",
        messages=(Message("system", "For [NAME_1]"), Message("user", "[EMAIL_1]")),
        response_schema={"properties": {"[NAME_1]": {"type": "string", "enum": ["[EMAIL_1]", "[EMAIL_2]"]}}},
        tools=(Tool(name="mail", parameters={"description": "of [NAME_1]"}),),
        stop=("[NAME_1]",),
    )
    plain = asked("Nothing here", response_schema={"format": "email"})
    unchanged = Redactor(Redacting(everywhere=(MAIL,))).sealed(plain, "all")
    assert unchanged is not None
    assert unchanged.request is plain


def test_what_cannot_be_redacted_is_an_error() -> None:
    """Pictures without leave, and names of tools."""
    redactor = Redactor(Redacting(everywhere=(MAIL,), terms=("Anna",)))
    with pytest.raises(JobFileError, match="request `r1` is to be redacted, and carries what cannot be"):
        redactor.sealed(asked("Look", images=("https://example.com/a.png",)), "all")
    with pytest.raises(JobFileError, match="and its tool `Anna` names what is hidden"):
        redactor.sealed(asked("Go", tools=(Tool(name="Anna"),)), "all")
    lenient = Redactor(Redacting(everywhere=(MAIL,), media="send"))
    assert sent(lenient, asked(TEXT, images=("https://example.com/a.png",))) != TEXT


def test_a_plan_of_another_detector_is_refused() -> None:
    """Its placeholders would be numbered otherwise: an answer could get another one's address."""
    assert Redactor.of(Redacting(detector=DETECTOR)).order == Redacting()
    assert Redactor.of(None).order == Redacting()
    with pytest.raises(PlanFileError) as caught:
        Redactor.of(Redacting(detector=DETECTOR + 1))
    assert caught.value.message == "the plan was made to find personal data as of version 2, this is 1"


@pytest.mark.parametrize(("redact", "kinds"), [(True, tuple(PersonalData)), (False, ()), ((MAIL,), (MAIL,)), ((), ())])
def test_true_means_every_kind(redact: bool | tuple[PersonalData, ...], kinds: tuple[PersonalData, ...]) -> None:  # noqa: FBT001 - a setting
    """A list means its own."""
    assert kinds_of(redact) == kinds


@settings(max_examples=30, deadline=None)
@given(text=texts(), system=texts())
def test_the_same_request_is_always_sealed_alike(text: str, system: str) -> None:
    """So nothing has to be kept, and what was sealed once holds nothing more to seal."""
    request = asked(text, system=system)
    first, second = EVERYTHING.sealed(request, "a"), EVERYTHING.sealed(request, "b")
    assert first is not None
    assert second is not None
    assert first.request == second.request
    assert not any(value in f"{first.request.prompt}{first.request.system}" for value in VALUES)


def test_what_is_found_stays_as_it_is() -> None:
    """Who changes what the detector finds here raises DETECTOR: answers of runs under way would be opened wrongly."""
    prompt = "; ".join((*VALUES, "Tel 555-1234", "4111111111111111", "order 030 9018 2012", "anna(at)web.de"))
    assert (DETECTOR, sent(EVERYTHING, asked(prompt))) == (
        1,
        (
            "[EMAIL_1]; [EMAIL_2]; [PHONE_1]; [PHONE_2]; [IBAN_1]; [IBAN_2]; [CARD_1]; [ID_1]; Tel [PHONE_3]; "
            "4111111111111111; order 030 9018 2012; [EMAIL_3]"
        ),
    )
