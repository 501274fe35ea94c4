"""What finding personal data does to a request, and how much of it a plan says was found."""

import polars as pl

from modelroute_cli.base.frames import DATA_CLASS, Frame
from modelroute_cli.base.schema import PersonalData
from modelroute_cli.catalog.settings import PrivacySettings


def with_data_class(requests: Frame, privacy: PrivacySettings) -> Frame:
    """REQUESTS in which those with personal data have the class that `privacy.force` names.

    A class that the row names itself stays, unless `force_over` says otherwise.
    """
    if privacy.force is None:
        return requests
    found = pl.col("personal") > 0
    free = found if privacy.force_over else found & pl.col("data_class").is_null()
    forced = pl.when(free).then(pl.lit(privacy.force, DATA_CLASS)).otherwise("data_class")
    return requests.with_columns(forced.alias("data_class"))


def personal_data(requests: pl.LazyFrame) -> dict[str, int]:
    """How many requests (REQUESTS) hold each kind of personal data; kinds that none holds are left out."""
    found = pl.col("personal")
    counts = requests.select((found & kind.bit > 0).sum().alias(kind.value) for kind in PersonalData)
    return {kind: count for kind, count in counts.collect().row(0, named=True).items() if count}
