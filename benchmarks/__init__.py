"""Measurements beside the raw limits of the same minute; `make bench` prints one JSON line per figure."""
