"""What texts have in common."""


def shared_chars(one: str, other: str) -> int:
    """How many characters two texts begin with alike; a few comparisons of slices, whatever their length."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
