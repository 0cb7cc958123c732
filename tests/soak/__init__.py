"""Long searches for what no example shows; each is a command, and a short run of it stands among the tests."""
