"""Product files in: received, staged row by row, mapped, checked, matched, compared, applied in chunks, reported.

No step holds a whole file in memory, and every step can be killed and goes on where it stopped.
"""
