"""What no example shows, looked for by hand and for as long as one likes; a short run of each stands among the tests."""
