"""In: a job file and what its answers are worth. Out: for each request on the wire, a right or a wrong answer."""
