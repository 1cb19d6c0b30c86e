"""The demo's legal entity, its two stores with three views, tax rates and home pages."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from wagtail.images.models import Image
from wagtail.models import Locale, Page, Site

from backoffice.demo.canvas import PICTURE
from backoffice.demo.pictures import draw_scene
from backoffice.kernel.actors import Actor
from backoffice.storefront.models import StoreContentPage, StoreHomePage
from mms.operations.scopes import create_store, create_view, create_website
from mms.operations.taxes import enter_tax_rate

# Standard and reduced VAT in basis points as of 2026, entered as dated rows: rates are data, never code.
TAX_RATES = {
    "DE": (1900, 700),
    "AT": (2000, 1000),
    "FR": (2000, 550),
    "IT": (2200, 1000),
    "NL": (2100, 900),
    "ES": (2100, 1000),
    "BE": (2100, 600),
    "DK": (2500, 2500),
    "SE": (2500, 1200),
    "FI": (2550, 1350),
    "PL": (2300, 800),
    "PT": (2300, 600),
    "US": (0, 0),
}


@dataclass(frozen=True, slots=True)
class DemoView:
    code: str
    name: str
    language: str
    currency: str
    prefix: str


NORDHAUS_VIEWS = (
    DemoView("en", "Nordhaus · English", "en", "EUR", "en"),
    DemoView("de", "Nordhaus · Deutsch", "de", "EUR", "de"),
)
HARBOR_VIEWS = (DemoView("us", "Harbor & Pine", "en", "USD", "us"),)


def open_stores(actor: Actor, root_category_ref: str) -> None:
    """Open the website, its stores and views, enter the tax rates and write the home pages."""
    for country, (standard, reduced) in TAX_RATES.items():
        for tax_class, rate in (("standard", standard), ("reduced", reduced), ("zero", 0)):
            enter_tax_rate(
                country=country, tax_class=tax_class, rate_bps=rate, valid_from=date(2020, 1, 1), actor=actor
            )
    website = create_website(
        "nordhaus-group",
        name="Nordhaus Group",
        legal_name="Nordhaus Group GmbH",
        base_currency="EUR",
        country="DE",
        prices_include_tax=True,
        actor=actor,
    )
    nordhaus = create_store(
        "nordhaus",
        website=website,
        name="Nordhaus",
        root_category_ref=root_category_ref,
        accent="#2f6b4f",
        accent_dark="#7fc8a3",
        actor=actor,
    )
    harbor = create_store(
        "harbor-pine",
        website=website,
        name="Harbor & Pine",
        root_category_ref=root_category_ref,
        country="US",
        prices_include_tax=False,
        accent="#a3452c",
        accent_dark="#f0a284",
        actor=actor,
    )
    for position, (store, view) in enumerate(
        [*((nordhaus, view) for view in NORDHAUS_VIEWS), *((harbor, view) for view in HARBOR_VIEWS)]
    ):
        create_view(
            view.code,
            store=store,
            name=view.name,
            language=view.language,
            currency=view.currency,
            path_prefix=view.prefix,
            position=position,
            actor=actor,
        )
    write_home_pages()


WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "title": "Nordhaus",
        "hero": ("Things made to stay", ("Furniture, ceramics and textiles from small makers across Europe. "
                 "One basket, one payment, every maker ships their own."), "See chairs", "chairs"),
        "tiles": "Find your way",
        "rows": (("New in the house", "", "newest"), ("For the kitchen table", "kitchen", "newest")),
        "reasons": (
            ("Makers, not warehouses", "Every piece comes from the shop that made or chose it."),
            ("One checkout", "Buy from several shops and pay once."),
            ("30 days to decide", "Send it back if it does not feel like home."),
        ),
        "pages": (("delivery", "Delivery and returns", ("<p>Every shop ships its own parcels. Prices and times "
                   "are shown "
                   "in the cart before you pay. You may return unused goods within 30 days.</p>")),
                  ("imprint", "Imprint", ("<p>Nordhaus Group GmbH, Speicherstraße 1, 20457 Hamburg. This is a "
                   "demonstration; nothing is sold here.</p>"))),
    },
    "de": {
        "title": "Nordhaus",
        "hero": ("Dinge, die bleiben", ("Möbel, Keramik und Textilien von kleinen Manufakturen aus ganz Europa. "
                 "Ein Warenkorb, eine Zahlung, jede Manufaktur versendet selbst."), "Zu den Stühlen", "chairs"),
        "tiles": "Finden Sie sich zurecht",
        "rows": (("Neu im Haus", "", "newest"), ("Für den Küchentisch", "kitchen", "newest")),
        "reasons": (
            ("Manufakturen statt Lager", "Jedes Stück kommt aus dem Laden, der es gemacht oder ausgesucht hat."),
            ("Eine Kasse", "Bei mehreren Läden kaufen und einmal zahlen."),
            ("30 Tage Bedenkzeit", "Zurückschicken, wenn es sich nicht nach Zuhause anfühlt."),
        ),
        "pages": (("delivery", "Versand und Rückgabe", ("<p>Jeder Laden versendet seine eigenen Pakete. "
                   "Preise und Zeiten "
                   "stehen im Warenkorb, bevor Sie zahlen. Unbenutzte Ware nehmen wir 30 Tage zurück.</p>")),
                  ("imprint", "Impressum", ("<p>Nordhaus Group GmbH, Speicherstraße 1, 20457 Hamburg. "
                   "Dies ist eine "
                   "Vorführung; hier wird nichts verkauft.</p>"))),
    },
    "us": {
        "title": "Harbor & Pine",
        "hero": ("Coastal comforts, honestly made", ("A small selection from European workshops, priced in dollars and "
                 "shipped by the people who make it."), "Shop blankets", "blankets"),
        "tiles": "Browse",
        "rows": (("Just landed", "", "newest"), ("Soft things", "living", "price")),
        "reasons": (
            ("Straight from the workshop", "No middle shelf: makers ship to your door."),
            ("One cart", "Several makers, a single payment."),
            ("Easy returns", "30 days, no questions."),
        ),
        "pages": (("delivery", "Shipping and returns", ("<p>Each maker ships separately; the cart shows cost and time. "
                   "Unused goods may be returned within 30 days.</p>")),),
    },
}  # fmt: skip


# What stands on the stage of each store's hero: (shape, colour, left, top, zoom), back to front.
SCENES: dict[str, tuple[tuple[str, str, float, float, float], ...]] = {
    "nordhaus": (
        ("lamp", "mustard", 520, 130, 0.62),
        ("chair", "forest", 60, 90, 0.78),
        ("planter", "terracotta", 640, 420, 0.42),
        ("cushion", "blush", 330, 520, 0.4),
    ),
    "harbor": (
        ("clock", "walnut", 560, 40, 0.42),
        ("blanket", "ocean", 30, 160, 0.8),
        ("vase", "ivory", 560, 240, 0.62),
        ("mug", "terracotta", 330, 520, 0.44),
    ),
}


def _hero_picture(name: str) -> Image:
    title = f"Hero {name}"
    found = Image.objects.filter(title=title).first()
    if found is not None:
        return found
    data = draw_scene(SCENES[name], backdrop=0 if name == "nordhaus" else 3)
    picture = Image(
        title=title, file=ContentFile(data, name=f"hero-{name}.jpg"), width=PICTURE, height=PICTURE
    )
    picture.save()
    return picture


def write_home_pages() -> None:
    """A home page and information pages per view, below the site's root."""
    root = Page.objects.get(depth=1)
    for code, words in WORDS.items():
        language = "de" if code == "de" else "en"
        locale, _new = Locale.objects.get_or_create(language_code=language)
        home = StoreHomePage(title=words["title"], slug=f"home-{code}", view_code=code, locale=locale)
        home.body = _blocks(words, _hero_picture("harbor" if code == "us" else "nordhaus"))
        root.add_child(instance=home)
        for slug, title, body in words["pages"]:
            home.add_child(instance=StoreContentPage(title=title, slug=slug, body=body, locale=locale))
        if code == "en":
            Site.objects.update_or_create(
                is_default_site=True, defaults={"hostname": "localhost", "port": 80, "root_page": home}
            )
    # The page that Wagtail's own migrations greet with belongs to no store.
    for greeting in Page.objects.filter(depth=2, content_type__model="page"):
        greeting.delete()


def _blocks(words: dict[str, Any], picture: Image) -> list[tuple[str, Any]]:
    heading, text, label, category = words["hero"]
    hero = {
        "heading": heading,
        "text": text,
        "picture": picture,
        "link_label": label,
        "link_category": category,
    }
    rows = [
        ("products", {"heading": name, "category": slug, "sort": sort}) for name, slug, sort in words["rows"]
    ]
    reasons = [{"title": title, "text": line} for title, line in words["reasons"]]
    return [
        ("hero", hero),
        ("categories", {"heading": words["tiles"]}),
        *rows,
        ("reasons", {"reasons": reasons}),
    ]
