"""The keyboard and the screen. The language is chosen before any command is imported."""

import gc
import os
import sys
from collections.abc import Sequence

_COLLECT_AFTER = 50_000  # new objects; 700 as usual is reached dozens of times by importing alone


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point of `chronic`; always ends in SystemExit with one of the documented exit codes."""
    if argv is None:
        gc.set_threshold(_COLLECT_AFTER)
    try:
        _main(sys.argv[1:] if argv is None else argv)
    finally:
        if argv is None and "duckdb" not in sys.modules:  # which prints all it still finds
            gc.freeze()  # the process ends here; a last look for garbage would cost more than most commands


def _main(args: Sequence[str]) -> None:
    from chronic import i18n

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
