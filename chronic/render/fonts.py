"""The fonts of this computer that can set Chinese, and which of them has a character. None comes with the program:
Microsoft's and Apple's may not be handed on, and every system that shows Chinese has one."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from chronic.errors import ValueRefused
from chronic.model.extras import extra

if TYPE_CHECKING:
    from fpdf import FPDF

_CHINESE: Final = (
    "msyh", "deng", "simsun", "simhei", "pingfang", "hiraginosansgb", "hiragino sans gb", "stheiti", "songti",
    "sourcehansanssc", "sourcehansanscn", "notosanscjksc", "notosanssc", "notosanscjk", "sourcehansans", "wqy", "uming",
    "arphic", "droidsansfallback", "arial unicode",
)  # fmt: skip
"""How the names of their files begin, the best to read first."""
_BEHIND: Final = (
    "simsunb", "simsunextg", "hanamin", "plangothic", "notosanssymbols", "dejavusans", "segoeui", "arial", "liberationsans",
)  # fmt: skip
"""For characters that those lack: rare names, signs."""
_FILES: Final = (".ttf", ".ttc", ".otf", ".otc")
_OTHER_CUTS: Final = re.compile("bold|bd|light|thin|black|heavy|medium|italic|oblique|mono|condensed|msyhl|deng[lb]", re.I)
_SIMPLIFIED: Final = re.compile(r"\b(SC|CN|GB)\b")


def _folders() -> Iterator[Path]:
    home = Path.home()
    if sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
        yield Path(os.environ.get("LOCALAPPDATA", home)) / "Microsoft" / "Windows" / "Fonts"
        return
    if sys.platform == "darwin":
        yield from (Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts")
        return
    yield from (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts", home / ".fonts")


def found(folders: tuple[Path, ...] | None = None) -> list[Path]:
    """The font files to be tried, in order; the first sets Chinese, or there is none. `folders`: instead of the system's."""
    known = {
        path.name.casefold(): path
        for folder in (_folders() if folders is None else folders)
        for top, _, names in os.walk(folder)
        for path in (Path(top, name) for name in names)
        if path.suffix.casefold() in _FILES
    }
    plain = sorted(name for name in known if not _OTHER_CUTS.search(name))
    chinese = [known[name] for start in _CHINESE for name in plain if name.startswith(start) and name[:7] != "simsunb"]
    if not chinese:
        return []
    behind = [known[name] for start in _BEHIND for name in plain if name.startswith(start)]
    return list(dict.fromkeys(chinese + behind))


class Fonts:
    """The fonts of one document, each opened when a character needs it.

    Raises ValueRefused: pdf.no_font, file.missing and pdf.font (`own` is none), pdf.glyph.
    """

    def __init__(self, document: "FPDF", own: Path | None = None) -> None:
        if own is not None and not own.is_file():
            raise ValueRefused("file.missing", path=own)
        self._document = document
        self._waiting = [*([own] if own else []), *found()]
        if not self._waiting:
            raise ValueRefused("pdf.no_font")
        self._open: list[tuple[str, Any]] = []
        self._known: dict[str, tuple[str, float]] = {}
        if own is not None:
            self._next(own)

    def of(self, character: str, whose: str) -> tuple[str, float]:
        """(font, width in its letters' size) of a character."""
        known = self._known.get(character)
        if known is None:
            known = self._known[character] = self._find(character, whose)
        return known

    def close(self) -> None:
        for _, face in self._open:
            face.ttfont.close()

    def _find(self, character: str, whose: str) -> tuple[str, float]:
        place = 0
        while place < len(self._open) or self._waiting:
            if place == len(self._open) and not self._next():
                continue
            name, face = self._open[place]
            if ord(character) in face.cmap:
                self._document.set_font(name, size=1000)
                return name, self._document.get_string_width(character) * self._document.k / 1000
            place += 1
        point = f"U+{ord(character):04X}"
        raise ValueRefused("pdf.glyph" if whose else "pdf.glyph_blank", character=character, point=point, whose=whose)

    def _next(self, own: Path | None = None) -> bool:
        """Open one more; one of the system's that cannot be read is passed over."""
        path, name = self._waiting.pop(0), f"font{len(self._open)}-{len(self._waiting)}"
        try:
            self._document.add_font(name, fname=str(path.resolve()), collection_font_number=_face(path))
        except Exception as error:  # whatever is wrong with a file is said by the library in many ways
            if path == own:
                raise ValueRefused("pdf.font", path=path, problem=str(error) or type(error).__name__) from None
            return False
        self._open.append((name, self._document.fonts[name]))
        return True


def _face(path: Path) -> int:
    """Of several in one file the one for simplified Chinese, else the first. Raises as the library does where it is none."""
    with extra("pdf"):
        from fontTools.ttLib import TTCollection, TTFont
    with path.open("rb") as stream:
        if stream.read(4) != b"ttcf":
            TTFont(stream, lazy=True).getBestCmap()
            return 0
        stream.seek(0)
        names = [str(face["name"].getDebugName(4) or "") for face in TTCollection(stream, lazy=True)]
    plain = [place for place, name in enumerate(names) if _SIMPLIFIED.search(name) and not _OTHER_CUTS.search(name)]
    return plain[0] if plain else 0
