"""What the clinic does, as verbs. Each reads, judges, then writes all or nothing in one transaction."""
