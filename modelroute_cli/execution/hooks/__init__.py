"""What happens to a run, told to others: takes in progress and endings, gives out signed messages, delivered."""
