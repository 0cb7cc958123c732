"""What may happen to a computer in the middle of anything: run by hand, for as long as one likes."""
