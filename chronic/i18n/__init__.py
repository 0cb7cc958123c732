"""Words: English is the source, zh_CN is complete. Chosen once, before any command is imported."""

import gettext
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from chronic.i18n.catalogue import Catalogue

DOMAIN = "chronic"
LOCALE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "locale")
_current: Catalogue | None = None
_lang = "en"


def N_(message: str) -> str:
    """Marks a message for the catalogue without translating it now."""
    return message


def _(message: str) -> str:
    """The message in the user's language."""
    return message if _current is None else _current.said(message) or message


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form of the message for `n`; Chinese has one for any number."""
    said = None if _current is None else _current.said(f"{singular}\0{plural}")
    return said or (singular if n == 1 else plural)


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


@contextmanager
def in_chinese() -> Iterator[None]:
    """What is said meanwhile is said in Chinese, whatever the language of the screen: files do not follow it."""
    global _current, _lang
    before = _current, _lang
    try:
        _current, _lang = _current or _catalogue(), "zh"
        yield
    finally:
        _current, _lang = before


def _catalogue() -> Catalogue:
    return Catalogue(os.path.join(LOCALE, "zh_CN", "LC_MESSAGES", f"{DOMAIN}.mo"))


def activate(lang: str) -> None:
    """Use this language from now on, in click's own sentences too.

    click asks the functions of `gettext` that it finds when it is imported, so they answer from here: the standard ones
    read a whole catalogue, and `locale`, before the first word. Where click was there first they ask the text domain.
    """
    global _current, _lang
    _lang = lang
    os.environ["LANGUAGE"] = "zh_CN" if lang == "zh" else "en"
    gettext.bindtextdomain(DOMAIN, LOCALE)
    gettext.textdomain(DOMAIN)
    _current = _catalogue() if lang == "zh" else None
    vars(gettext).update(gettext=_, ngettext=ngettext)
