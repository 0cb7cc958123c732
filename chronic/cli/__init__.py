"""The keyboard and the screen. The language is chosen before any command is imported."""

import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point of `chronic`; always ends in SystemExit with one of the documented exit codes."""
    from chronic import i18n

    args = list(sys.argv[1:] if argv is None else argv)
    i18n.activate(_asked_language(args) or i18n.choose(os.environ))
    from chronic.cli.root import run

    sys.exit(run(args))


def _asked_language(args: Sequence[str]) -> str | None:
    """The value of --lang, wherever it stands; root refuses other values later."""
    for place, arg in enumerate(args):
        if arg == "--":
            return None
        value = arg.removeprefix("--lang=") if arg.startswith("--lang=") else None
        if arg == "--lang" and place + 1 < len(args):
            value = args[place + 1]
        if value in ("zh", "en"):
            return value
    return None
