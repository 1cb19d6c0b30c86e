"""The demo's merchants: made-up shops with a country, a trade and a story; no real company is meant."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoMerchant:
    name: str
    city: str
    country: str
    shapes: tuple[str, ...]


MERCHANTS: tuple[DemoMerchant, ...] = (
    DemoMerchant("Keramik Kontor", "Hamburg", "DE", ("mug", "vase", "planter")),
    DemoMerchant("Atelier Lind", "Berlin", "DE", ("lamp", "clock", "vase")),
    DemoMerchant("Holz & Heim", "Freiburg", "DE", ("chair", "table", "shelf")),
    DemoMerchant("Weberei Anders", "Leipzig", "DE", ("blanket", "cushion")),
    DemoMerchant("Grünwerk", "Bremen", "DE", ("planter", "vase")),
    DemoMerchant("Pfannenschmiede Voss", "Solingen", "DE", ("pan", "mug")),
    DemoMerchant("Papierhaus Ost", "Dresden", "DE", ("book", "bag")),
    DemoMerchant("Tonfabrik", "Köln", "DE", ("headphones", "clock")),
    DemoMerchant("Nordlicht Leuchten", "Kiel", "DE", ("lamp", "clock")),
    DemoMerchant("Hafenleder", "Rostock", "DE", ("bag", "book")),
    DemoMerchant("Stube 7", "München", "DE", ("cushion", "blanket", "lamp")),
    DemoMerchant("Möbelmanufaktur Brandt", "Münster", "DE", ("shelf", "table", "chair")),
    DemoMerchant("Feinhemd", "Stuttgart", "DE", ("shirt", "bag")),
    DemoMerchant("Perlenwerk", "Pforzheim", "DE", ("bracelet",)),
    DemoMerchant("Atelier Marchand", "Lyon", "FR", ("lamp", "vase", "cushion")),
    DemoMerchant("Maison Ondine", "Nantes", "FR", ("mug", "vase")),
    DemoMerchant("Côté Jardin", "Toulouse", "FR", ("planter", "chair")),
    DemoMerchant("Les Chemisiers", "Lille", "FR", ("shirt",)),
    DemoMerchant("Bijoux Marais", "Paris", "FR", ("bracelet", "bag")),
    DemoMerchant("Papeterie Rive", "Bordeaux", "FR", ("book",)),
    DemoMerchant("Casa Lumi", "Milano", "IT", ("lamp", "chair", "table")),
    DemoMerchant("Terra Cotta Viva", "Firenze", "IT", ("planter", "mug")),
    DemoMerchant("Bottega Pelle", "Vicenza", "IT", ("bag", "book")),
    DemoMerchant("Cucina Nonna", "Bologna", "IT", ("pan", "mug")),
    DemoMerchant("Van Dijk Interieur", "Utrecht", "NL", ("chair", "shelf", "clock")),
    DemoMerchant("Tulpenhof", "Haarlem", "NL", ("vase", "planter")),
    DemoMerchant("Geluidswinkel", "Eindhoven", "NL", ("headphones",)),
    DemoMerchant("De Wolkamer", "Tilburg", "NL", ("blanket", "cushion")),
    DemoMerchant("Taller Sol", "Valencia", "ES", ("planter", "mug", "vase")),
    DemoMerchant("Cuero y Mar", "Cádiz", "ES", ("bag",)),
    DemoMerchant("Luz Norte", "Bilbao", "ES", ("lamp", "clock")),
    DemoMerchant("Wiener Werkraum", "Wien", "AT", ("table", "chair", "lamp")),
    DemoMerchant("Alpenwolle", "Innsbruck", "AT", ("blanket", "cushion")),
    DemoMerchant("Grazer Glas", "Graz", "AT", ("vase", "mug")),
    DemoMerchant("Lille Kiosk", "Aarhus", "DK", ("book", "mug", "clock")),
    DemoMerchant("Fjord Møbler", "Odense", "DK", ("chair", "table", "shelf")),
    DemoMerchant("Svea Textil", "Borås", "SE", ("cushion", "blanket", "shirt")),
    DemoMerchant("Norrsken Audio", "Göteborg", "SE", ("headphones", "lamp")),
    DemoMerchant("Studio Sisu", "Tampere", "FI", ("mug", "lamp", "vase")),
    DemoMerchant("Kamień i Glina", "Kraków", "PL", ("mug", "planter", "bracelet")),
    DemoMerchant("Dąb Design", "Poznań", "PL", ("table", "shelf", "clock")),
    DemoMerchant("Atelier Bruxelles", "Bruxelles", "BE", ("bag", "shirt", "bracelet")),
    DemoMerchant("Gentse Potten", "Gent", "BE", ("planter", "vase", "mug")),
    DemoMerchant("Lisboa Linho", "Lisboa", "PT", ("shirt", "cushion", "blanket")),
)
