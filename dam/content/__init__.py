"""What a file is and whether it is safe, decided by its content; the name is only a hint for people."""
