"""Product shapes of the demo pictures; each draws one kind of thing in a given colour on a canvas."""

from collections.abc import Callable

from backoffice.demo.canvas import Canvas, Colour, darker, lighter, mix

WOOD: Colour = (188, 139, 94)
STEEL: Colour = (150, 156, 166)
LEAF: Colour = (88, 132, 92)
BRASS: Colour = (196, 158, 84)


def mug(c: Canvas, colour: Colour) -> None:
    c.shadow((505, 770), 430, 70)
    c.ring((585, 440, 775, 680), 44, darker(colour, 0.05))
    c.rounded((300, 380, 650, 780), 70, colour, across=True, depth=0.22)
    c.ellipse((300, 345, 650, 425), lighter(colour, 0.3), depth=0.1)
    c.ellipse((322, 358, 628, 414), (84, 56, 42), depth=0.2)
    c.highlight((345, 460, 375, 690), 80)


def chair(c: Canvas, colour: Colour) -> None:
    c.shadow((500, 860), 480, 60)
    for x1, x2 in ((345, 300), (655, 700)):
        c.line([(x1, 610), (x2, 860)], 26, WOOD)
    for x1, x2 in ((400, 380), (600, 620)):
        c.line([(x1, 600), (x2, 800)], 22, darker(WOOD, 0.2))
    c.rounded((325, 210, 675, 560), 90, colour, depth=0.2)
    c.rounded((350, 235, 650, 520), 70, lighter(colour, 0.1), depth=0.12)
    c.rounded((290, 545, 710, 640), 46, darker(colour, 0.06), depth=0.16)


def lamp(c: Canvas, colour: Colour) -> None:
    c.shadow((500, 838), 320, 55)
    c.ellipse((370, 800, 630, 858), darker(BRASS, 0.1), across=True)
    c.rounded((487, 440, 513, 830), 10, BRASS, across=True)
    c.polygon(
        [(400, 200), (600, 200), (705, 470), (295, 470)],
        colour,
        across=True,
        depth=0.22,
        soften=10,
    )
    c.ellipse((295, 445, 705, 495), lighter(colour, 0.55), depth=0.08)
    c.highlight((370, 260, 400, 430), 60)


def planter(c: Canvas, colour: Colour) -> None:
    c.shadow((500, 832), 420, 66)
    for x, y, lean in (
        (500, 200, 0),
        (390, 250, -60),
        (610, 250, 60),
        (330, 340, -90),
        (670, 340, 90),
    ):
        shade = LEAF if lean in (0, 60, -90) else lighter(LEAF, 0.14)
        c.polygon(
            [(500 + lean * 0.3, 560), (x - 52, y + 110), (x, y), (x + 52, y + 110)],
            shade,
            depth=0.2,
            soften=22,
        )
    c.polygon(
        [(330, 520), (670, 520), (620, 835), (380, 835)],
        colour,
        across=True,
        depth=0.2,
        soften=14,
    )
    c.rounded((312, 490, 688, 560), 22, lighter(colour, 0.08), across=True)


def cushion(c: Canvas, colour: Colour) -> None:
    c.shadow((500, 790), 600, 70)
    c.polygon(
        [
            (235, 300),
            (500, 335),
            (765, 300),
            (735, 545),
            (770, 790),
            (500, 755),
            (230, 790),
            (265, 545),
        ],
        colour,
        depth=0.2,
        soften=34,
    )
    c.stripes((320, 350, 680, 745), lighter(colour, 0.45), 6, 16)
    c.ellipse((480, 525, 520, 565), darker(colour, 0.2))


def shelf(c: Canvas, colour: Colour) -> None:
    c.shadow((500, 872), 560, 50)
    c.rounded((250, 190, 282, 870), 8, colour, across=True)
    c.rounded((718, 190, 750, 870), 8, colour, across=True)
    for y in (230, 430, 630, 830):
        c.rounded((240, y, 760, y + 28), 8, lighter(colour, 0.08))
    spines = (
        (300, 300, 40),
        (345, 290, 30),
        (380, 310, 44),
        (560, 500, 36),
        (600, 490, 44),
        (650, 515, 30),
    )
    for index, (x, top, width) in enumerate(spines):
        tone = ((176, 92, 78), (86, 112, 140), (212, 176, 106))[index % 3]
        c.rounded((x, top, x + width, 430 if top < 430 else 630), 5, tone, across=True)
    c.rounded((330, 560, 410, 630), 12, (210, 198, 184), across=True)
    c.ellipse((570, 330, 680, 430), LEAF)
    c.rounded((460, 730, 600, 830), 12, mix(WOOD, (255, 255, 255), 0.35))


def table(c: Canvas, colour: Colour) -> None:
    c.shadow((500, 832), 680, 54)
    for x1, x2 in ((270, 225), (730, 775)):
        c.line([(x1, 520), (x2, 830)], 28, darker(colour, 0.12))
    for x1, x2 in ((370, 350), (630, 650)):
        c.line([(x1, 520), (x2, 770)], 22, darker(colour, 0.28))
    c.ellipse((170, 440, 830, 560), darker(colour, 0.1))
    c.ellipse((170, 425, 830, 540), colour, depth=0.12)
    c.rounded((455, 350, 545, 470), 18, (238, 232, 224), across=True)
    c.ellipse((440, 235, 560, 365), (214, 120, 108))


def shirt(c: Canvas, colour: Colour) -> None:
    c.shadow((500, 862), 460, 44, 60)
    c.polygon(
        [
            (395, 215),
            (605, 215),
            (760, 300),
            (700, 450),
            (640, 420),
            (640, 850),
            (360, 850),
            (360, 420),
            (300, 450),
            (240, 300),
        ],
        colour,
        across=True,
        depth=0.16,
        soften=12,
    )
    c.polygon([(420, 205), (580, 205), (500, 320)], darker(colour, 0.25), soften=8)
    c.line([(500, 330), (500, 840)], 5, darker(colour, 0.22))
    for y in (400, 500, 600, 700, 800):
        c.ellipse((491, y - 9, 509, y + 9), lighter(colour, 0.6))


def bracelet(c: Canvas, colour: Colour) -> None:
    c.shadow((500, 752), 500, 60)
    c.ring((270, 400, 730, 740), 34, BRASS)
    for x, y in (
        (300, 640),
        (365, 700),
        (450, 733),
        (550, 733),
        (635, 700),
        (700, 640),
    ):
        c.ellipse((x - 40, y - 40, x + 40, y + 40), colour, depth=0.3)
        c.ellipse((x - 20, y - 26, x - 2, y - 8), lighter(colour, 0.75), depth=0.02)


def pan(c: Canvas, colour: Colour) -> None:
    c.shadow((460, 700), 620, 70)
    c.rounded((640, 480, 920, 528), 24, WOOD, depth=0.2)
    c.ellipse((160, 400, 700, 720), darker(STEEL, 0.35))
    c.ellipse((160, 370, 700, 660), colour, depth=0.2)
    c.ellipse((205, 395, 655, 630), darker(colour, 0.35), depth=0.12)
    c.highlight((280, 440, 420, 456), 70)


def bag(c: Canvas, colour: Colour) -> None:
    c.shadow((500, 845), 520, 60)
    c.ring((385, 190, 615, 520), 24, darker(colour, 0.3), start=180, end=360)
    c.polygon(
        [(290, 390), (710, 390), (760, 845), (240, 845)],
        colour,
        across=True,
        depth=0.18,
        soften=26,
    )
    c.rounded((285, 380, 715, 440), 18, darker(colour, 0.14))
    c.rounded((430, 560, 570, 690), 20, lighter(colour, 0.2))
    c.ellipse((487, 600, 513, 626), BRASS)


def clock(c: Canvas, colour: Colour) -> None:
    c.shadow((500, 850), 420, 46, 70)
    c.ellipse((215, 225, 785, 795), colour, depth=0.2)
    c.ellipse((255, 265, 745, 755), (248, 245, 240), depth=0.04)
    for x, y in ((500, 305), (500, 715), (295, 510), (705, 510)):
        c.ellipse((x - 11, y - 11, x + 11, y + 11), darker(colour, 0.2))
    c.line([(500, 510), (500, 365)], 14, (52, 50, 56))
    c.line([(500, 510), (615, 570)], 14, (52, 50, 56))
    c.ellipse((478, 488, 522, 532), colour)


def vase(c: Canvas, colour: Colour) -> None:
    c.shadow((500, 842), 340, 58)
    for x, top, tone in (
        (430, 150, (226, 150, 138)),
        (510, 110, (240, 196, 120)),
        (585, 165, (205, 126, 150)),
    ):
        c.line([(500, 470), (x, top + 60)], 9, LEAF)
        c.ellipse((x - 52, top, x + 52, top + 104), tone, depth=0.2)
        c.ellipse((x - 18, top + 34, x + 18, top + 70), darker(tone, 0.25))
    c.ellipse((340, 470, 660, 845), colour, across=True, depth=0.24)
    c.rounded((432, 400, 568, 540), 30, colour, across=True, depth=0.22)
    c.highlight((385, 580, 415, 740), 80)


def blanket(c: Canvas, colour: Colour) -> None:
    c.shadow((500, 790), 620, 64)
    for index in range(4):
        top = 390 + index * 98
        c.rounded(
            (230 - index * 6, top, 770 + index * 6, top + 110),
            52,
            mix(colour, darker(colour, 0.2), index / 4),
        )
        c.stripes((300, top + 12, 700, top + 96), lighter(colour, 0.4), 7, 10)


def headphones(c: Canvas, colour: Colour) -> None:
    c.shadow((500, 842), 520, 54)
    c.ring((260, 215, 740, 760), 42, darker(colour, 0.15), start=180, end=360)
    for left in (215, 655):
        c.rounded((left, 470, left + 130, 760), 60, colour, across=True, depth=0.22)
        c.rounded(
            (
                left + (78 if left < 500 else -8),
                500,
                left + (138 if left < 500 else 52),
                730,
            ),
            30,
            (62, 60, 68),
            across=True,
        )


def book(c: Canvas, colour: Colour) -> None:
    c.shadow((510, 838), 480, 54)
    c.rounded((330, 225, 720, 835), 16, (240, 234, 222), across=True, depth=0.06)
    c.rounded((300, 200, 690, 820), 16, colour, across=True, depth=0.14)
    c.rounded((300, 200, 345, 820), 14, darker(colour, 0.2), across=True)
    c.rounded((400, 300, 620, 330), 8, lighter(colour, 0.7))
    c.rounded((400, 355, 560, 375), 8, lighter(colour, 0.5))
    c.ellipse((430, 480, 590, 640), lighter(colour, 0.35))


SHAPES: dict[str, Callable[[Canvas, Colour], None]] = {
    shape.__name__: shape
    for shape in (
        mug, chair, lamp, planter, cushion, shelf, table, shirt,
        bracelet, pan, bag, clock, vase, blanket, headphones, book,
    )
}  # fmt: skip
