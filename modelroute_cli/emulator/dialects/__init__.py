"""In: bodies of a wire format. Out: what was asked, in one form for all; answers and errors in that format again."""
