"""Drawing tools of the demo pictures: a studio background, soft shadows, shaded shapes; no file is read."""

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter

# Drawn half again as large as the picture, so that scaling down smooths every edge.
SIZE = 1500
PICTURE = 1000

Colour = tuple[int, int, int]
Point = tuple[float, float]


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of `other` in `one`; 0 = one, 1 = other."""
    return (
        round(one[0] + (other[0] - one[0]) * share),
        round(one[1] + (other[1] - one[1]) * share),
        round(one[2] + (other[2] - one[2]) * share),
    )


def lighter(colour: Colour, share: float) -> Colour:
    return mix(colour, (255, 255, 255), share)


def darker(colour: Colour, share: float) -> Colour:
    return mix(colour, (24, 22, 30), share)


def _ramp(top: Colour, bottom: Colour, size: tuple[int, int]) -> Image.Image:
    strip = Image.new("RGB", (1, 64))
    for y in range(64):
        strip.putpixel((0, y), mix(top, bottom, y / 63))
    return strip.resize(size, Image.Resampling.BICUBIC)


class Canvas:
    """One picture in the making; coordinates run from 0 to 1000 in both directions."""

    def __init__(self, backdrop: Colour, horizon: float = 690) -> None:
        scale = SIZE / 1000
        self.scale = scale
        self.origin: Point = (0, 0)
        self.zoom = 1.0
        self.image = _ramp(lighter(backdrop, 0.55), lighter(backdrop, 0.2), (SIZE, SIZE))
        floor = _ramp(
            lighter(backdrop, 0.42),
            lighter(backdrop, 0.7),
            (SIZE, round(SIZE - horizon * scale)),
        )
        edge = Image.new("L", (1, 64))
        for y in range(64):
            edge.putpixel((0, y), min(255, y * 12))
        self.image.paste(
            floor,
            (0, round(horizon * scale)),
            edge.resize(floor.size, Image.Resampling.BICUBIC),
        )
        glow = Image.new("L", (128, 128), 0)
        ImageDraw.Draw(glow).ellipse((22, 8, 106, 92), fill=120)
        glow = glow.filter(ImageFilter.GaussianBlur(16)).resize((SIZE, SIZE), Image.Resampling.BICUBIC)
        self.image.paste(Image.new("RGB", (SIZE, SIZE), lighter(backdrop, 0.85)), (0, 0), glow)

    def place(self, x: float, y: float, zoom: float) -> None:
        """Draw what follows smaller: its coordinates are scaled by `zoom` and moved by (x, y)."""
        self.origin, self.zoom = (x, y), zoom

    def _at(self, x: float, y: float) -> Point:
        """A point of the shape in pixels of the image."""
        left, top = self.origin
        return ((x * self.zoom + left) * self.scale, (y * self.zoom + top) * self.scale)

    def shadow(self, centre: Point, width: float, height: float, strength: int = 90) -> None:
        """A soft contact shadow on the floor."""
        small = Image.new("L", (250, 250), 0)
        x, y = (value / (4 * self.scale) for value in self._at(*centre))
        width, height = width * self.zoom, height * self.zoom
        ImageDraw.Draw(small).ellipse(
            (x - width / 8, y - height / 8, x + width / 8, y + height / 8),
            fill=strength,
        )
        small = small.filter(ImageFilter.GaussianBlur(5)).resize((SIZE, SIZE), Image.Resampling.BICUBIC)
        self.image.paste(Image.new("RGB", (SIZE, SIZE), (40, 34, 46)), (0, 0), small)

    def _mask(self) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        mask = Image.new("L", (SIZE, SIZE), 0)
        return mask, ImageDraw.Draw(mask)

    def _box(self, box: Sequence[float]) -> list[float]:
        return [*self._at(box[0], box[1]), *self._at(box[2], box[3])]

    def _shade(self, mask: Image.Image, colour: Colour, across: bool, depth: float) -> None:
        box = mask.getbbox()
        if box is None:
            return
        size = (box[2] - box[0], box[3] - box[1])
        if across:
            ramp = _ramp(lighter(colour, depth), darker(colour, depth), (size[1], size[0])).rotate(
                90, expand=True
            )
            ramp = ramp.resize(size)
        else:
            ramp = _ramp(lighter(colour, depth), darker(colour, depth), size)
        self.image.paste(ramp, box[:2], mask.crop(box))

    def ellipse(
        self,
        box: Sequence[float],
        colour: Colour,
        *,
        across: bool = False,
        depth: float = 0.18,
    ) -> None:
        mask, draw = self._mask()
        draw.ellipse(self._box(box), fill=255)
        self._shade(mask, colour, across, depth)

    def rounded(
        self,
        box: Sequence[float],
        radius: float,
        colour: Colour,
        *,
        across: bool = False,
        depth: float = 0.14,
    ) -> None:
        mask, draw = self._mask()
        draw.rounded_rectangle(self._box(box), radius=radius * self.scale * self.zoom, fill=255)
        self._shade(mask, colour, across, depth)

    def polygon(
        self,
        points: Sequence[Point],
        colour: Colour,
        *,
        across: bool = False,
        depth: float = 0.14,
        soften: float = 6,
    ) -> None:
        """A shape with slightly rounded corners."""
        mask, draw = self._mask()
        draw.polygon([self._at(x, y) for x, y in points], fill=255)
        if soften:
            mask = mask.filter(ImageFilter.GaussianBlur(soften * self.zoom)).point(
                lambda value: 255 if value > 127 else 0
            )
        self._shade(mask, colour, across, depth)

    def ring(
        self,
        box: Sequence[float],
        width: float,
        colour: Colour,
        *,
        start: float = 0,
        end: float = 360,
    ) -> None:
        mask, draw = self._mask()
        draw.arc(self._box(box), start, end, fill=255, width=round(width * self.scale * self.zoom))
        self._shade(mask, colour, False, 0.2)

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        mask, draw = self._mask()
        scaled = [self._at(x, y) for x, y in points]
        draw.line(scaled, fill=255, width=round(width * self.scale * self.zoom), joint="curve")
        radius = width * self.scale * self.zoom / 2
        for x, y in (scaled[0], scaled[-1]):
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        self._shade(mask, colour, False, 0.12)

    def highlight(self, box: Sequence[float], strength: int = 70) -> None:
        """A soft reflection of the studio window."""
        small = Image.new("L", (250, 250), 0)
        reduced = [value / (4 * self.scale) for value in self._box(box)]
        ImageDraw.Draw(small).rounded_rectangle(reduced, radius=10 * self.zoom, fill=strength)
        small = small.filter(ImageFilter.GaussianBlur(3)).resize((SIZE, SIZE), Image.Resampling.BICUBIC)
        self.image.paste(Image.new("RGB", (SIZE, SIZE), (255, 255, 255)), (0, 0), small)

    def stripes(self, box: Sequence[float], colour: Colour, count: int, width: float) -> None:
        """Vertical stripes inside a box, lightly transparent."""
        mask, draw = self._mask()
        left, top, right, bottom = box
        for index in range(count):
            x = left + (right - left) * (index + 0.5) / count
            draw.rectangle(self._box((x - width / 2, top, x + width / 2, bottom)), fill=130)
        self.image.paste(Image.new("RGB", (SIZE, SIZE), colour), (0, 0), mask)

    def finished(self) -> Image.Image:
        """The picture at its final size."""
        return self.image.resize((PICTURE, PICTURE), Image.Resampling.LANCZOS)
