"""The verbs: what a person types, in groups on one session."""
