from collections.abc import Iterable, Mapping


def name_in(names: Mapping[str, str], languages: Iterable[str], fallback: str = "") -> str:
    """The first name given in one of `languages`, else any name, else `fallback`."""
    for language in languages:
        if names.get(language):
            return names[language]
    return next((name for name in names.values() if name), fallback)
