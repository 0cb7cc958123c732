"""The nouns: people, contacts, plans, and the shapes of their values. No I/O, no clock."""
