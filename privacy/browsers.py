"""Where the browsers of today explain how to see, refuse and delete cookies (P11.8)."""

BROWSERS = {
    "Firefox": {
        "fr": "https://support.mozilla.org/fr/kb/effacer-cookies-donnees-site-firefox",
        "en": "https://support.mozilla.org/en-US/kb/clear-cookies-and-site-data-firefox",
    },
    "Chrome": {
        "fr": "https://support.google.com/chrome/answer/95647?hl=fr",
        "en": "https://support.google.com/chrome/answer/95647?hl=en",
    },
    "Safari": {
        "fr": "https://support.apple.com/fr-fr/105082",
        "en": "https://support.apple.com/en-gb/105082",
    },
    "Edge": {
        "fr": "https://support.microsoft.com/fr-fr/microsoft-edge",
        "en": "https://support.microsoft.com/en-gb/microsoft-edge",
    },
}


def help_pages(language: str) -> list[tuple[str, str]]:
    """Each browser with the page in this language."""
    return [(name, pages.get(language, pages["en"])) for name, pages in BROWSERS.items()]
