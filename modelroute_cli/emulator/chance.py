"""Chance that repeats: everything random about an answer comes from the seed and the request."""

import hashlib
import random


def chance(seed: int, digest: bytes, *about: object) -> random.Random:
    """A generator of its own for one question about one request: the same arguments give the same numbers."""
    material = f"{seed}|{digest.hex()}|{'|'.join(map(str, about))}".encode()
    number = int.from_bytes(hashlib.blake2b(material, digest_size=8).digest(), "big")
    return random.Random(number)  # noqa: S311 - varied answers, no secrets


def around(median: float, spread: float, dice: random.Random) -> float:
    """A lognormal number with that median; `spread` is the standard deviation of its logarithm."""
    return median * dice.lognormvariate(0.0, spread) if median > 0 else 0.0
