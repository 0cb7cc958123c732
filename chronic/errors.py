"""Everything worth telling the user: a permanent code, its values, and an exit code.

An error carries no sentence. `i18n.sentences` has one for every code, in the user's language.
"""

from typing import ClassVar


class ChronicError(Exception):
    """One refusal. `code` is dotted and permanent; `values` fill the sentence's placeholders."""

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values


class ValueRefused(ChronicError):
    """A value or a combination of options that cannot be meant."""

    exit_code = 2


class RowsRefused(ChronicError):
    """An import finished, or was rolled back by --strict, with rows it could not take."""

    exit_code = 3


class RegistryUnusable(ChronicError):
    """The registry file is missing, newer than the program, damaged or locked."""

    exit_code = 10


class PersonNotFound(ChronicError):
    """No such person, or more than one. `matches` are the people it could have been."""

    exit_code = 20

    def __init__(self, code: str, matches: tuple[object, ...] = (), **values: object) -> None:
        super().__init__(code, **values)
        self.matches = matches


class NotAllowed(ChronicError):
    """Right words, wrong state: closed, already enrolled, already corrected."""

    exit_code = 21


class ProblemsFound(ChronicError):
    """A check or a nightly part found something wrong."""

    exit_code = 30
