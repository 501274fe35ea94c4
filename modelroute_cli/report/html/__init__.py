"""A run or a plan as one HTML file that fetches nothing."""
