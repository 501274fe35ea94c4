"""Reports as GitHub Flavored Markdown, for pull requests and wikis: the tables of the terminal, drawn otherwise."""
