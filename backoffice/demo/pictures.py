"""Product pictures for the demo, drawn from a shape and a colour; the same arguments give the same bytes."""

from io import BytesIO

from backoffice.demo.canvas import Canvas, Colour, mix
from backoffice.demo.shapes import SHAPES

COLOURS: dict[str, Colour] = {
    "sand": (214, 190, 152),
    "terracotta": (198, 110, 80),
    "sage": (132, 158, 128),
    "ocean": (72, 118, 152),
    "midnight": (58, 66, 96),
    "blush": (222, 164, 158),
    "mustard": (216, 168, 72),
    "charcoal": (82, 82, 90),
    "ivory": (232, 224, 208),
    "forest": (62, 102, 82),
    "plum": (122, 78, 112),
    "sky": (142, 184, 208),
    "oak": (190, 146, 100),
    "walnut": (124, 86, 62),
}
BACKDROPS: tuple[Colour, ...] = (
    (222, 208, 190), (196, 208, 206), (214, 202, 214), (204, 212, 224), (226, 214, 204), (206, 216, 200),
)  # fmt: skip


def draw_picture(shape: str, colour: str, variant: int = 0) -> bytes:
    """A 1000 × 1000 JPEG of `shape` (see `SHAPES`) in a named colour; `variant` turns the backdrop."""
    tone = COLOURS[colour]
    backdrop = BACKDROPS[(variant + len(shape) + len(colour)) % len(BACKDROPS)]
    canvas = Canvas(mix(backdrop, tone, 0.12))
    SHAPES[shape](canvas, tone)
    out = BytesIO()
    canvas.finished().save(out, "JPEG", quality=86, optimize=True, progressive=True)
    return out.getvalue()


def draw_scene(things: tuple[tuple[str, str, float, float, float], ...], backdrop: int) -> bytes:
    """Several things on one stage: (shape, colour, left, top, zoom) each, back to front."""
    canvas = Canvas(BACKDROPS[backdrop % len(BACKDROPS)], horizon=640)
    for shape, colour, left, top, zoom in things:
        canvas.place(left, top, zoom)
        SHAPES[shape](canvas, COLOURS[colour])
    out = BytesIO()
    canvas.finished().save(out, "JPEG", quality=88, optimize=True, progressive=True)
    return out.getvalue()
