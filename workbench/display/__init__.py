"""How one thing is shown: a card, formatted numbers, progress. Knows no run."""
