"""In: requests. Out: the same with placeholders for personal data and listed terms, and what puts the values back."""
