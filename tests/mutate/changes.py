"""Small wrong changes of a module, one at a time: what the tests must notice.

Text, types and floats are left alone: the first two change no verdict, and the third are in the protocols, where
the cases meet them below, at and above.
"""

import ast
from collections.abc import Callable, Iterator
from types import CodeType
from typing import NamedTuple

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_REMOVED = (ast.Expr, ast.AugAssign, ast.Continue, ast.Break, ast.Raise)


class Mutant(NamedTuple):
    """`where`: the function, '' for what stands outside of any; `text`: the line; `lines`: those that run it."""

    where: str
    line: int
    text: str
    lines: range
    change: str
    code: CodeType


class _Spot(NamedTuple):
    """A place in the tree; `put` writes another node there."""

    node: ast.AST
    where: str
    lines: range
    put: Callable[[ast.AST], None]


def mutants(source: str, path: str) -> Iterator[Mutant]:
    """Every mutant of a module, compiled. The tree is changed in place and put right again, so take one at a time."""
    tree, texts = ast.parse(source), ["", *source.splitlines()]
    for spot in list(_spots(tree, "", range(0))):
        for new in _changes(spot.node):
            spot.put(ast.fix_missing_locations(ast.copy_location(new, spot.node)))
            change, line = f"{_text(spot.node)} -> {_text(new)}", getattr(spot.node, "lineno", 0)
            try:
                yield Mutant(spot.where, line, texts[line].strip(), spot.lines, change, compile(tree, path, "exec"))
            finally:
                spot.put(spot.node)


def _spots(parent: ast.AST, where: str, lines: range) -> Iterator[_Spot]:
    for name, value in ast.iter_fields(parent):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        inside = where
        if isinstance(parent, (ast.FunctionDef, ast.Lambda)) and name == "body":
            inside = f"{where}.{getattr(parent, 'name', '<lambda>')}".lstrip(".")
        for place, node in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(node, ast.AST) or _silent(node):
                continue
            mine = _lines(node) if isinstance(node, ast.stmt) else lines
            yield _Spot(node, inside, mine, _writer(parent, name, place if isinstance(value, list) else None))
            yield from _spots(node, inside, mine)


def _writer(parent: ast.AST, name: str, place: int | None) -> Callable[[ast.AST], None]:
    def put(node: ast.AST) -> None:
        if place is None:
            setattr(parent, name, node)
        else:
            getattr(parent, name)[place] = node

    return put


def _silent(node: ast.AST) -> bool:
    """A docstring, or a zip's own check that both are equally long."""
    if isinstance(node, ast.keyword):
        return node.arg == "strict"
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _lines(node: ast.stmt) -> range:
    """A statement's own lines, without the block it opens."""
    block = getattr(node, "body", None) or getattr(node, "cases", None)
    first = getattr(block[0], "lineno", None) or block[0].pattern.lineno if block else (node.end_lineno or 0) + 1
    return range(node.lineno, max(first, node.lineno + 1))


def _text(node: ast.AST) -> str:
    return f"if {ast.unparse(node.test)}" if isinstance(node, ast.If) else ast.unparse(node)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What a node could wrongly be instead."""
    match node:
        case ast.Compare():
            for place, op in enumerate(node.ops):
                other = [*node.ops[:place], _COMPARED[type(op)](), *node.ops[place + 1 :]]
                yield ast.Compare(node.left, other, node.comparators)
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.BinOp() if type(node.op) in _COUNTED:
            yield ast.BinOp(node.left, _COUNTED[type(node.op)](), node.right)
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int()):
            number = int(str(node.value))
            yield from (ast.Constant(other) for other in ([1] if number == 0 else [number - 1, number + 1]))
        case ast.Call(func=ast.Name(id=name)) if name in _CALLED:
            yield ast.Call(ast.Name(_CALLED[name], ast.Load()), node.args, node.keywords)
        case ast.IfExp() if _plain(node.test):
            yield ast.IfExp(node.test, node.orelse, node.body)
        case ast.If() if _plain(node.test):
            yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        case ast.Return(value=ast.expr()) if not isinstance(node.value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.stmt() if isinstance(node, _REMOVED):
            yield ast.Pass()


def _plain(test: ast.expr) -> bool:
    """A condition in which nothing else is changed."""
    return not isinstance(test, (ast.Compare, ast.BoolOp, ast.UnaryOp))
