"""Values that are planted in texts, in eight languages, and texts around them."""

from hypothesis import strategies as st

from modelroute_cli.base.schema import PersonalData, Request
from modelroute_cli.features.redaction.order import Redacting, Redactor

VALUES = (
    "anna.schmidt@web.de",
    "o.brien+x@acme.co.uk",
    "+49 30 901820-12",
    "+33 1 42 68 53 00",
    "DE89 3704 0044 0532 0130 00",
    "GB82 WEST 1234 5698 7654 32",
    "4111 1111 1111 1111",
    "1 85 05 78 006 084 91",
)
TERMS = ("Anna Schmidt", "Łukasz", "Jürgen", 'Dwayne "The Rock" Johnson', "田中", "Ольга", "Bo", "O'Brien")
SENTENCES = (
    "Please write to {}, and to nobody else: {}.",
    "Schreiben Sie {} an; {} ist verreist, Tel. {}",
    "Écrivez à {} ou appelez {}. Merci !",
    "Escribe a {} y llama a {}.",
    "Scrivi a {}: {} aspetta.",
    "Napisz do {} i zadzwoń do {}.",
    "{}さんに連絡して、{}にも。",
    "Напишите {} или позвоните {}.",
    '{{"to": "{}", "cc": ["{}"]}}',
    "`{}` \\{}\\ [{}] <{}> {}\n{}",
)
LOOKALIKES = ("", " [EMAIL_1] ", "EMAIL_2", "\\[NAME\\_1\\]", " card 1", "[id_3]", "\ud800")
EVERYTHING = Redactor(Redacting(everywhere=tuple(PersonalData), terms=TERMS))
planted = st.sampled_from((*VALUES, *TERMS))


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A text of some sentences with values in them, and what could be taken for placeholders."""
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        sentence = draw(st.sampled_from(SENTENCES))
        parts.append(sentence.format(*(draw(planted) for _ in range(6))))
        parts.append(draw(st.sampled_from(LOOKALIKES)))
    return draw(st.text(max_size=6)) + " ".join(parts) + draw(st.text(max_size=6))


def asked(prompt: str, **fields: object) -> Request:
    """A request that says this."""
    return Request(custom_id="r1", prompt=prompt, **fields)  # type: ignore[arg-type]
