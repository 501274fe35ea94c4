"""In: plans and run folders. Out: which categories of data go to whom, where and under which terms; never the data."""
