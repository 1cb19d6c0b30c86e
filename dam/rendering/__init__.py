"""Decoding of foreign pictures, only ever in a child process with little memory, time and no way to the database."""
