"""Rules of what `privacy.ignore` may list, and of the section as a whole."""

from pathlib import Path

import pytest
from support.catalog_room import settings_of

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.schema import PersonalData
from modelroute_cli.catalog.load import settings_digest
from modelroute_cli.catalog.settings import PrivacySettings


def refused(text: str, folder: Path) -> SettingsError:
    """Why a settings file is refused."""
    with pytest.raises(SettingsError) as caught:
        settings_of(f"{text}\n", folder)
    return caught.value


def test_all_kinds_are_looked_for_and_nothing_is_forced_by_default(tmp_path: Path) -> None:
    """The shipped section is the type's own defaults."""
    assert settings_of("run: {concurrency: 8}\n", tmp_path).privacy == PrivacySettings(detect=tuple(PersonalData))


def test_domains_addresses_and_patterns_are_taken(tmp_path: Path) -> None:
    """As they are written."""
    entries = ("acme.com", "@mail.acme.co.uk", "support@acme.com", "/\\+49 800 .*/")
    text = r"privacy: {ignore: [acme.com, '@mail.acme.co.uk', support@acme.com, '/\+49 800 .*/']}"
    assert settings_of(f"{text}\n", tmp_path).privacy.ignore == entries


@pytest.mark.parametrize("entry", ["acme", "//", "a b.com", "0800 123"])
def test_what_is_none_of_them_is_refused(entry: str, tmp_path: Path) -> None:
    """With the forms that are taken."""
    error = refused(f"privacy: {{ignore: ['{entry}']}}", tmp_path)
    assert error.message == f"modelroute.yaml: `privacy.ignore`: `{entry}` is no domain, no address and no pattern"
    assert error.hint == 'write `acme.com`, `anna@acme.com`, or a pattern as "/0800 .*/"'


def test_a_pattern_that_does_not_compile_is_refused(tmp_path: Path) -> None:
    """With the place of its fault."""
    error = refused("privacy: {ignore: ['/0800 (/']}", tmp_path)
    assert error.message == (
        "modelroute.yaml: `privacy.ignore`: `/0800 (/` is no regular expression: "
        "missing ), unterminated subpattern at character 6"
    )
    assert error.hint == "close every bracket; a literal `(`, `.` or `+` has a `\\` before it"


def test_a_kind_that_is_none_is_refused_with_the_nearest(tmp_path: Path) -> None:
    """As every word of a list."""
    error = refused("privacy: {detect: [mail]}", tmp_path)
    assert error.message == "modelroute.yaml:1: `privacy.detect[0]` is `mail`: not one of the known values"


def test_public_is_no_class_to_force(tmp_path: Path) -> None:
    """Finding personal data never makes a request public."""
    error = refused("privacy: {force: public}", tmp_path)
    assert error.message == "modelroute.yaml:1: `privacy.force` is `public`: not one of the known values"


def test_a_plan_is_stale_when_the_section_changes(tmp_path: Path) -> None:
    """It decides which plan is made."""
    one, other = (
        settings_digest(settings_of(f"privacy: {{force: {word}}}\n", tmp_path)) for word in ("personal", "null")
    )
    assert one != other


def test_what_is_redacted_is_true_or_a_list_of_kinds(tmp_path: Path) -> None:
    """In the settings and in rules; another word is refused."""
    text = "privacy: {redact: [email, iban], redact_terms: [Anna], redact_fields: [name], redact_media: send}"
    privacy = settings_of(f"{text}\n", tmp_path).privacy
    assert privacy.redact == (PersonalData.EMAIL, PersonalData.IBAN)
    assert (privacy.redact_terms, privacy.redact_fields, privacy.redact_media) == (("Anna",), ("name",), "send")
    assert settings_of("data_policy: {personal: {redact: true}}\n", tmp_path).data_policy.personal.redact is True
    assert refused("privacy: {redact: email}", tmp_path).message == (
        "modelroute.yaml:1: `privacy.redact` is `email`: expected true or false, got text"
    )
    assert refused("privacy: {redact: [emial]}", tmp_path).message == (
        "modelroute.yaml:1: `privacy.redact[0]` is `emial`: not one of the known values"
    )


def test_a_term_of_one_character_is_refused(tmp_path: Path) -> None:
    """It would be replaced everywhere."""
    error = refused("privacy: {redact_terms: [Anna, X]}", tmp_path)
    assert error.message == "modelroute.yaml: `privacy.redact_terms`: `X` is too short"
    assert error.hint == "write terms of at least 2 characters"
