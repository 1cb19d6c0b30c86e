"""Assets for programs."""
