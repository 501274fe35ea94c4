"""The settings section `processing`: what only the user can say in a record of processing."""

from msgspec import Struct

from modelroute_cli.base.schema import NonEmpty


class ProcessingSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields of a record that nobody may invent; None: left open, to be filled in."""

    controller: NonEmpty | None = None  # who is responsible, with address
    dpo: NonEmpty | None = None  # data-protection officer
    purpose: NonEmpty | None = None
    legal_basis: NonEmpty | None = None
    data_subjects: NonEmpty | None = None  # whose data it is: customers, employees
    retention: NonEmpty | None = None  # how long results and what is kept here are kept
    measures: NonEmpty | None = None  # technical and organisational measures
