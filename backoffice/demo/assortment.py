"""What the demo marketplace sells: categories and product lines in English and German, made up by us."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class DemoCategory:
    code: str
    parent: str | None
    en: str
    de: str


@dataclass(frozen=True, slots=True)
class ProductLine:
    """One kind of product: its shape to draw, its words in two languages, its price and size ranges."""

    shape: str
    category: str
    en: str
    de: str
    story_en: str
    story_de: str
    price_from: Decimal
    price_to: Decimal
    materials: tuple[str, ...]
    width_cm: tuple[int, int]
    height_cm: tuple[int, int]
    weight_grams: tuple[int, int]
    colours: tuple[str, ...]
    designs: tuple[str, ...]


CATEGORIES: tuple[DemoCategory, ...] = (
    DemoCategory("furniture", None, "Furniture", "Möbel"),
    DemoCategory("chairs", "furniture", "Chairs", "Stühle"),
    DemoCategory("tables", "furniture", "Tables", "Tische"),
    DemoCategory("shelving", "furniture", "Shelving", "Regale"),
    DemoCategory("lighting", None, "Lighting", "Leuchten"),
    DemoCategory("table-lamps", "lighting", "Table lamps", "Tischleuchten"),
    DemoCategory("kitchen", None, "Kitchen", "Küche"),
    DemoCategory("mugs", "kitchen", "Mugs and cups", "Becher und Tassen"),
    DemoCategory("cookware", "kitchen", "Cookware", "Kochgeschirr"),
    DemoCategory("living", None, "Living", "Wohnen"),
    DemoCategory("cushions", "living", "Cushions", "Kissen"),
    DemoCategory("blankets", "living", "Blankets", "Decken"),
    DemoCategory("vases", "living", "Vases", "Vasen"),
    DemoCategory("clocks", "living", "Clocks", "Uhren"),
    DemoCategory("garden", None, "Garden", "Garten"),
    DemoCategory("planters", "garden", "Planters", "Pflanzgefäße"),
    DemoCategory("fashion", None, "Fashion", "Mode"),
    DemoCategory("shirts", "fashion", "Shirts", "Hemden"),
    DemoCategory("bags", "fashion", "Bags", "Taschen"),
    DemoCategory("jewellery", "fashion", "Jewellery", "Schmuck"),
    DemoCategory("leisure", None, "Leisure", "Freizeit"),
    DemoCategory("notebooks", "leisure", "Notebooks", "Notizbücher"),
    DemoCategory("headphones", "leisure", "Headphones", "Kopfhörer"),
)

COLOUR_WORDS: dict[str, tuple[str, str]] = {
    "sand": ("Sand", "Sand"),
    "terracotta": ("Terracotta", "Terrakotta"),
    "sage": ("Sage", "Salbei"),
    "ocean": ("Ocean", "Ozean"),
    "midnight": ("Midnight", "Mitternacht"),
    "blush": ("Blush", "Rosé"),
    "mustard": ("Mustard", "Senf"),
    "charcoal": ("Charcoal", "Anthrazit"),
    "ivory": ("Ivory", "Elfenbein"),
    "forest": ("Forest", "Waldgrün"),
    "plum": ("Plum", "Pflaume"),
    "sky": ("Sky", "Himmelblau"),
    "oak": ("Oak", "Eiche"),
    "walnut": ("Walnut", "Nussbaum"),
}

MATERIAL_WORDS: dict[str, tuple[str, str]] = {
    "stoneware": ("Stoneware", "Steinzeug"),
    "porcelain": ("Porcelain", "Porzellan"),
    "wood": ("Wood", "Holz"),
    "wool": ("Wool", "Wolle"),
    "linen": ("Linen", "Leinen"),
    "cotton": ("Cotton", "Baumwolle"),
    "steel": ("Steel", "Stahl"),
    "brass": ("Brass", "Messing"),
    "leather": ("Leather", "Leder"),
    "glass": ("Glass", "Glas"),
    "cast-iron": ("Cast iron", "Gusseisen"),
    "paper": ("Paper", "Papier"),
}

LINES: tuple[ProductLine, ...] = (
    ProductLine(
        "mug", "mugs", "Mug", "Becher",
        "Thrown by hand and glazed twice, with a handle that fits three fingers.",
        "Von Hand gedreht und zweimal glasiert, mit einem Henkel für drei Finger.",
        Decimal("12.90"), Decimal("28.50"), ("stoneware", "porcelain"), (8, 11), (9, 11), (280, 420),
        ("sand", "ocean", "sage", "charcoal", "blush", "ivory"), ("Fjell", "Morgen", "Kalk", "Sisu", "Tove"),
    ),
    ProductLine(
        "chair", "chairs", "Chair", "Stuhl",
        "A dining chair with a deep seat and solid legs; assembled in five minutes.",
        "Ein Esszimmerstuhl mit tiefer Sitzfläche und massiven Beinen; in fünf Minuten aufgebaut.",
        Decimal("89.00"), Decimal("249.00"), ("wood", "wool", "leather"), (46, 56), (78, 88), (5200, 8400),
        ("blush", "forest", "mustard", "midnight", "sky", "charcoal"), ("Liv", "Ansel", "Borg", "Hedda"),
    ),
    ProductLine(
        "lamp", "table-lamps", "Table lamp", "Tischleuchte",
        "Warm light through a woven shade, dimmable, with a two metre textile cable.",
        "Warmes Licht durch einen gewebten Schirm, dimmbar, mit zwei Metern Textilkabel.",
        Decimal("49.00"), Decimal("169.00"), ("brass", "linen", "steel"), (24, 36), (38, 58), (1400, 2800),
        ("plum", "ivory", "mustard", "sage", "terracotta"), ("Lumi", "Dagny", "Abend", "Sol"),
    ),
    ProductLine(
        "planter", "planters", "Planter", "Pflanztopf",
        "Frost-proof, with a hidden saucer that keeps the floor dry.",
        "Frostfest, mit verdecktem Untersetzer, der den Boden trocken hält.",
        Decimal("14.50"), Decimal("59.00"), ("stoneware", "steel"), (14, 38), (14, 40), (900, 6200),
        ("terracotta", "charcoal", "sage", "ivory", "ocean"), ("Rota", "Garten", "Vild", "Humus", "Flora"),
    ),
    ProductLine(
        "cushion", "cushions", "Cushion", "Kissen",
        "A removable cover, a feather filling, and stripes woven in rather than printed.",
        "Abnehmbarer Bezug, Federfüllung und Streifen, die gewebt und nicht gedruckt sind.",
        Decimal("24.00"), Decimal("69.00"), ("linen", "cotton", "wool"), (40, 60), (40, 60), (450, 900),
        ("mustard", "sky", "blush", "forest", "sand", "plum"), ("Ro", "Mjuk", "Sommer", "Ebba"),
    ),
    ProductLine(
        "shelf", "shelving", "Shelf", "Regal",
        "Four boards that carry forty kilograms each, without a single visible screw.",
        "Vier Böden, die je vierzig Kilogramm tragen, ohne eine sichtbare Schraube.",
        Decimal("129.00"), Decimal("389.00"), ("wood", "steel"), (70, 110), (150, 190), (16000, 32000),
        ("sky", "oak", "walnut", "ivory", "charcoal"), ("Ordna", "Stapel", "Nils"),
    ),
    ProductLine(
        "table", "tables", "Table", "Tisch",
        "A round top for four with an oiled surface that forgives red wine.",
        "Eine runde Platte für vier mit geölter Oberfläche, die Rotwein verzeiht.",
        Decimal("189.00"), Decimal("549.00"), ("wood",), (90, 130), (72, 76), (18000, 34000),
        ("sage", "oak", "walnut", "ivory"), ("Runde", "Alma", "Kalle"),
    ),
    ProductLine(
        "shirt", "shirts", "Shirt", "Hemd",
        "Cut straight, with mother-of-pearl buttons and seams that stay where they are.",
        "Gerade geschnitten, mit Perlmuttknöpfen und Nähten, die bleiben, wo sie sind.",
        Decimal("39.00"), Decimal("99.00"), ("cotton", "linen"), (48, 62), (70, 80), (180, 260),
        ("charcoal", "sky", "ivory", "sage", "midnight"), ("Marlow", "Jens", "Côte", "Ode"),
    ),
    ProductLine(
        "bracelet", "jewellery", "Bracelet", "Armband",
        "Six stones on a brass ring, each picked for its colour; adjustable.",
        "Sechs Steine auf einem Messingring, jeder nach Farbe gewählt; verstellbar.",
        Decimal("29.00"), Decimal("129.00"), ("brass", "glass"), (6, 8), (1, 2), (20, 60),
        ("ocean", "plum", "forest", "blush", "mustard"), ("Perle", "Runa", "Tide"),
    ),
    ProductLine(
        "pan", "cookware", "Frying pan", "Bratpfanne",
        "Heats evenly on every hob, oven-proof to 250 °C, and gets better with use.",
        "Erhitzt gleichmäßig auf jedem Herd, ofenfest bis 250 °C und wird mit der Zeit besser.",
        Decimal("34.90"), Decimal("119.00"), ("cast-iron", "steel"), (20, 30), (5, 7), (1300, 3100),
        ("ocean", "charcoal", "terracotta", "forest"), ("Glut", "Herd", "Smed", "Pilka"),
    ),
    ProductLine(
        "bag", "bags", "Bag", "Tasche",
        "Room for a laptop and a loaf of bread; vegetable-tanned and lined.",
        "Platz für einen Laptop und ein Brot; pflanzlich gegerbt und gefüttert.",
        Decimal("59.00"), Decimal("229.00"), ("leather", "cotton"), (32, 44), (28, 38), (600, 1200),
        ("sand", "walnut", "midnight", "terracotta", "forest"), ("Vandra", "Mira", "Hafen"),
    ),
    ProductLine(
        "clock", "clocks", "Wall clock", "Wanduhr",
        "A silent movement behind a clear face; runs two years on one battery.",
        "Ein lautloses Uhrwerk hinter klarem Zifferblatt; läuft zwei Jahre mit einer Batterie.",
        Decimal("39.00"), Decimal("119.00"), ("wood", "steel", "brass"), (25, 40), (25, 40), (700, 1500),
        ("walnut", "oak", "charcoal", "sage"), ("Takt", "Minut", "Halb"),
    ),
    ProductLine(
        "vase", "vases", "Vase", "Vase",
        "Holds three stems or thirty; the neck keeps them where you put them.",
        "Fasst drei Stiele oder dreißig; der Hals hält sie, wo man sie hinstellt.",
        Decimal("19.90"), Decimal("79.00"), ("glass", "stoneware", "porcelain"), (12, 22), (18, 34), (600, 1700),
        ("midnight", "ocean", "terracotta", "ivory", "plum"), ("Vår", "Stilla", "Ondine"),
    ),
    ProductLine(
        "blanket", "blankets", "Blanket", "Decke",
        "Woven in a mill from 1891; warm without weight, and it may be washed.",
        "Gewebt in einer Weberei von 1891; warm ohne Gewicht und waschbar.",
        Decimal("49.00"), Decimal("149.00"), ("wool", "cotton"), (120, 140), (170, 200), (800, 1600),
        ("forest", "mustard", "charcoal", "blush", "sky"), ("Vinter", "Molly", "Heide"),
    ),
    ProductLine(
        "headphones", "headphones", "Headphones", "Kopfhörer",
        "Forty hours of music, soft pads, and every part can be replaced.",
        "Vierzig Stunden Musik, weiche Polster, und jedes Teil ist austauschbar.",
        Decimal("79.00"), Decimal("279.00"), ("leather", "steel"), (16, 19), (18, 21), (220, 320),
        ("sand", "charcoal", "midnight", "sage"), ("Ton", "Klar", "Echo"),
    ),
    ProductLine(
        "book", "notebooks", "Notebook", "Notizbuch",
        "Thread-bound, dotted, two ribbons; lies flat from the first page.",
        "Fadengebunden, punktiert, zwei Lesebänder; liegt ab der ersten Seite flach.",
        Decimal("9.90"), Decimal("24.90"), ("paper", "leather"), (12, 15), (18, 21), (240, 420),
        ("blush", "forest", "ocean", "mustard", "midnight", "plum"), ("Skizze", "Tagwerk", "Notat"),
    ),
)  # fmt: skip
