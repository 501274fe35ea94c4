"""How often each of very many things was seen and answered, in 16 bytes a place: a run may send a million requests."""

from array import array

_FIRST_PLACES = 1024  # a power of two, as all sizes are
_FULL = 0.6


class Sightings:
    """Two counts for each digest, of which the first eight bytes are its name (two of a million agree never)."""

    def __init__(self) -> None:
        self._used = 0
        self._make(_FIRST_PLACES)

    def see(self, digest: bytes) -> int:
        """Count a sighting; how many came before."""
        place = self._place(digest)  # first: the table may grow
        return _count(self._seen, place)

    def answer(self, digest: bytes) -> int:
        """Count an answer; how many came before."""
        place = self._place(digest)
        return _count(self._answered, place)

    def _place(self, digest: bytes) -> int:
        """Where it is counted; a place of its own when it is new."""
        name = int.from_bytes(digest[:8], "big") or 1  # 0 is a place that is free
        names, last = self._names, len(self._names) - 1
        place = name & last
        while names[place] != name:
            if not names[place]:
                return self._enter(name, place)
            place = (place + 1) & last
        return place

    def _enter(self, name: int, place: int) -> int:
        """Take a free place, in a larger table when this one is nearly full."""
        if self._used >= len(self._names) * _FULL:
            self._grow()
            place = self._free_place(name)
        self._used += 1
        self._names[place] = name
        return place

    def _free_place(self, name: int) -> int:
        last = len(self._names) - 1
        place = name & last
        while self._names[place]:
            place = (place + 1) & last
        return place

    def _grow(self) -> None:
        """Four times the places."""
        names, seen, answered = self._names, self._seen, self._answered
        self._make(4 * len(names))
        for before, name in enumerate(names):
            if name:
                place = self._free_place(name)
                self._names[place] = name
                self._seen[place], self._answered[place] = seen[before], answered[before]

    def _make(self, places: int) -> None:
        self._names = array("Q", bytes(8 * places))
        self._seen, self._answered = array("I", bytes(4 * places)), array("I", bytes(4 * places))


def _count(counts: "array[int]", place: int) -> int:
    before = counts[place]
    counts[place] = before + 1
    return before
