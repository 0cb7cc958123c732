"""Pure functions over a history: no I/O, no clock, no words, no numbers (those are in protocols/)."""
