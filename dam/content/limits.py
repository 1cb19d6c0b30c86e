"""How much of what is accepted."""

MEGABYTE = 1024 * 1024
MAX_BYTES = {
    "image": 25 * MEGABYTE,
    "document": 25 * MEGABYTE,
    "model": 50 * MEGABYTE,
    "video": 200 * MEGABYTE,
}
# Checked from the header, before anything is decoded.
MAX_PIXELS = 40_000_000
MAX_EDGE = 20_000
MAX_FRAMES = 500

ARCHIVE_MAX_ENTRIES = 2_000
ARCHIVE_MAX_BYTES = 1024 * MEGABYTE
# A picture hardly shrinks in a ZIP; what unpacks to more than this is a bomb.
ARCHIVE_MAX_RATIO = 100
