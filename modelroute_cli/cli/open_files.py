"""How many connections this process may hold: each is an open file, or two where the emulator runs in it too."""

import sys

_OTHERS = 256  # files and libraries of ours, pipes, the journal
_EACH = 2


def connections(wanted: int) -> int:
    """Of so many connections those that may be open at once, at least 8 (where so many are wanted).

    The soft limit of open files is raised for this process, as far as the system lets everybody.
    """
    if sys.platform == "win32":  # its sockets are no files
        return wanted
    return _of(wanted, _raised(wanted * _EACH + _OTHERS))


def _of(wanted: int, open_files: int) -> int:
    return min(wanted, max(8, (open_files - _OTHERS) // _EACH))


def _raised(needed: int) -> int:
    """The limit of open files after an attempt to make it as large as needed."""
    import resource  # noqa: PLC0415 - there is none on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return needed if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    except (ValueError, OSError):  # macOS has a lower limit of its own that it does not tell
        return soft
    return most
