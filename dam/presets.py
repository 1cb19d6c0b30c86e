"""The named sizes in which pictures are delivered; free resizing is never offered."""

from dataclasses import dataclass

from backoffice.kernel.hashing import sha256_of


@dataclass(frozen=True, slots=True)
class Preset:
    """A picture is fitted into a square of `edge` pixels, never enlarged, and encoded in each of `formats`."""

    code: str
    edge: int
    formats: tuple[tuple[str, int], ...] = (("webp", 80), ("jpeg", 82))

    @property
    def fingerprint(self) -> str:
        """Part of each file name, so changed parameters give a new address and caches may keep files for ever."""
        return sha256_of([self.code, self.edge, [list(item) for item in self.formats]])[:8]


PRESETS: tuple[Preset, ...] = (
    Preset("thumb", 96),
    Preset("card", 320),
    Preset("card2x", 640),
    Preset("gallery", 960),
    Preset("zoom", 1600),
)
# The unchanged file, published for kinds that browsers play or open themselves.
ORIGINAL = "original"
