"""Gates that cost time or money: a judge model, asked like any model, and a program of the user's own."""
