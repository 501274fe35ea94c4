"""In: a job file of any format. Out: validated requests, indexed by line and byte offset, re-readable one by one."""
