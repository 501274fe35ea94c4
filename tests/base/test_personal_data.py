"""Rules of the kinds of personal data."""

from modelroute_cli.base.schema import PersonalData


def test_each_kind_has_a_bit_of_its_own() -> None:
    """Plans on disk do not hold them, but frames that are spilled do: new kinds go to the end."""
    assert {kind.value: kind.bit for kind in PersonalData} == {
        "email": 1,
        "phone": 2,
        "iban": 4,
        "card": 8,
        "national_id": 16,
    }
