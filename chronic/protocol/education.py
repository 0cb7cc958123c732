"""The words of health education: what about, how and where."""

from chronic.protocol.book import Book
from chronic.protocol.sections import Cite, Names, Section


class Word(Section):
    """A topic, a form or a setting of health education."""

    cite: str
    name: Names


class Education(Book):
    table = "education"

    topics: dict[str, Word]
    forms: dict[str, Word]
    settings: dict[str, Word]
    cites: dict[str, Cite]
