"""In: the command line. Out: exit codes; one file per command, one console."""
