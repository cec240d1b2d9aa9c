"""Tables, rules and migrations."""
