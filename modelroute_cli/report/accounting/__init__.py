"""One row for each request of a plan or a run: what it asked, how it ended, and what it cost."""
