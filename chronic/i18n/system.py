"""What SQLite, the operating system and the readers of files say in English of a file, in the user's language."""

import re

from chronic.i18n import N_, _

WORDS = (
    # SQLite
    N_("file is not a database"), N_("database disk image is malformed"), N_("database is locked"),
    N_("database or disk is full"), N_("disk I/O error"), N_("unable to open database file"),
    N_("attempt to write a readonly database"), N_("unsupported file format"),
    # the system
    N_("No space left on device"), N_("Disk quota exceeded"), N_("File too large"), N_("Input/output error"),
    N_("Read-only file system"), N_("Permission denied"), N_("Operation not permitted"), N_("No such file or directory"),
    N_("No such device"), N_("File exists"), N_("Is a directory"), N_("Not a directory"), N_("File name too long"),
    N_("Invalid argument"), N_("Device or resource busy"), N_("Too many open files"), N_("Cannot allocate memory"),
    N_("Invalid cross-device link"), N_("Stale file handle"), N_("Host is down"), N_("Transport endpoint is not connected"),
    # JSON and gzip
    N_("Expecting value"), N_("Expecting property name enclosed in double quotes"), N_("Expecting ':' delimiter"),
    N_("Expecting ',' delimiter"), N_("Unterminated string starting at"), N_("Invalid control character at"),
    N_("Extra data"), N_("Illegal trailing comma before end of object"), N_("Illegal trailing comma before end of array"),
    N_("Compressed file ended before the end-of-stream marker was reached"),
)  # fmt: skip
"""Those a user meets; whatever else is said stays as it is said."""
_SHAPES = tuple(
    (re.compile(shape, re.DOTALL), words)
    for shape, words in (
        (
            r"(?:\*\*\* in database main \*\*\*\s+)?(?P<said>(?:Tree|Page|Freelist|On tree|List of tree)\b.*)",
            N_("a page is damaged: {said}"),
        ),
        (r"row (?P<row>\d+) missing from index (?P<index>\w+)", N_("row {row} is missing from the index {index}")),
        (r"wrong # of entries in index (?P<index>\w+)", N_("the index {index} has too few entries or too many")),
        (r"CHECK constraint failed in (?P<table>\w+)", N_("{table} holds a value that is not possible there")),
        (r"NULL value in (?P<column>[\w.]+)", N_("{column} is empty and must not be")),
        (r".*\(at end of document\)", N_("it breaks off")),  # TOML
        (r".*\(at line (?P<line>\d+), column (?P<column>\d+)\)", N_("line {line}, column {column} cannot be read")),
    )
)


def said(problem: object) -> str:
    """An error of theirs, or its text, as the catalogue has it."""
    if isinstance(problem, UnicodeDecodeError):
        return _("it is no plain text")
    text = str(problem.strerror or problem if isinstance(problem, OSError) else problem)
    for shape, words in _SHAPES:
        if (found := shape.fullmatch(text)) is not None:
            return _(words).format(**{name: " ".join(part.split()) for name, part in found.groupdict().items()})
    return _(text) if text else ""
