"""The code of a module, and the functions that run it."""

import gc
from pathlib import Path
from types import CodeType, FunctionType


def codes(code: CodeType) -> list[CodeType]:
    """The code of a module and of everything in it, always in the same order."""
    return [code, *(inner for const in code.co_consts if isinstance(const, CodeType) for inner in codes(const))]


def functions(code: CodeType, path: Path) -> list[tuple[FunctionType, int]]:
    """The functions there are of this module, each with its code's place among `codes`."""
    places = {one: at for at, one in enumerate(codes(code))}
    every = [one for one in gc.get_objects() if isinstance(one, FunctionType)]
    return [(one, places[one.__code__]) for one in every if one.__code__.co_filename == str(path) and one.__code__ in places]


def fitting(there: list[tuple[FunctionType, int]], changed: list[CodeType]) -> bool:
    """Can the functions take the changed code? Not where it needs other variables of the function around it."""
    return all(len(changed[at].co_freevars) == len(function.__code__.co_freevars) for function, at in there)
