"""Words: English is the source, zh_CN is complete. Chosen once, before any command is imported."""

import gettext
import os
import sys
from collections.abc import Mapping
from pathlib import Path

DOMAIN = "chronic"
LOCALE = Path(__file__).resolve().parent.parent / "locale"
_current: gettext.NullTranslations = gettext.NullTranslations()
_lang = "en"


def N_(message: str) -> str:
    """Marks a message for the catalogue without translating it now."""
    return message


def _(message: str) -> str:
    """The message in the user's language."""
    return _current.gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    return _current.ngettext(singular, plural, n)


def language() -> str:
    """zh or en, as chosen."""
    return _lang


def choose(environ: Mapping[str, str]) -> str:
    """zh or en: CHRONIC_LANG, the locale variables, the Windows UI language; where none says, zh."""
    for name in ("CHRONIC_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        said = environ.get(name, "").split(":")[0].split(".")[0].lower()
        if said and said not in ("c", "posix"):
            return "zh" if said.startswith("zh") else "en"
    return "zh" if sys.platform != "win32" else _windows_language()


def _windows_language() -> str:
    import ctypes

    primary = ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF  # type: ignore[attr-defined,unused-ignore]
    return "zh" if primary in (0, 0x04) else "en"


def activate(lang: str) -> None:
    """Use this language from now on, in click's own sentences too (it asks the default text domain)."""
    global _current, _lang
    _lang = lang
    os.environ["LANGUAGE"] = "zh_CN" if lang == "zh" else "en"
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
    _current = (
        gettext.translation(DOMAIN, str(LOCALE), ["zh_CN"], fallback=True) if lang == "zh" else gettext.NullTranslations()
    )
