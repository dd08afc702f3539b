"""Expressions as LaTeX, in the few commands that the page and matplotlib set."""

from badak.lab.expressions import Node

NAMES = {name: rf"\{name}" for name in ("log", "sin", "cos", "tanh", "max", "min")}
NAMES["sigmoid"] = r"\sigma"
COMPARED = {"less": "<", "less_equal": r"\le", "greater": ">", "greater_equal": r"\ge"}
SUM, NEGATIVE, PRODUCT, ATOM = range(1, 5)
"""How tightly the parts of a text hold together."""


def latex(tree: Node) -> str:
    r"""Return a tree as LaTeX.

    Parameters
    ----------
    tree : Node
        The formula.

    Returns
    -------
    str
        Without dollar signs.

    Examples
    --------
    >>> from badak.lab.formula import parse
    >>> latex(parse("x * sigmoid(x) / (1 + x**2)", ["x"]).tree)
    '\\frac{x \\cdot \\sigma(x)}{1 + x^{2}}'
    """
    return _set(tree)[0]


def _set(tree: Node) -> tuple[str, int]:
    match tree.operation:
        case "number":
            return _number(tree.number)
        case "variable":
            return tree.name if len(tree.name) == 1 else f"{tree.name[0]}_{tree.name[1:]}", ATOM
        case "where":
            condition, a, b = tree.parts
            holds = _condition(condition)
            rows = rf"{latex(a)} & {holds} \\ {latex(b)} & \text{{else}}"
            return rf"\begin{{cases}} {rows} \end{{cases}}", ATOM
        case "add" | "subtract":
            a, b = tree.parts
            sign = "+" if tree.operation == "add" else "-"
            return f"{_in(a, SUM)} {sign} {_in(b, NEGATIVE + 1)}", SUM
        case "multiply":
            a, b = tree.parts
            dot = (
                " "
                if a.operation == "number" and b.operation not in ("number", "power")
                else r" \cdot "
            )
            return f"{_in(a, PRODUCT)}{dot}{_in(b, PRODUCT)}", PRODUCT
        case "divide":
            return rf"\frac{{{latex(tree.parts[0])}}}{{{latex(tree.parts[1])}}}", ATOM
        case "power":
            base, exponent = tree.parts
            text, strength = _set(base)
            plain = strength == ATOM and base.operation in ("number", "variable")
            return f"{text if plain else f'({text})'}^{{{latex(exponent)}}}", ATOM
        case "negative":
            return f"-{_in(tree.parts[0], PRODUCT)}", NEGATIVE
        case "exp":
            return f"e^{{{latex(tree.parts[0])}}}", ATOM
        case "sqrt":
            return rf"\sqrt{{{latex(tree.parts[0])}}}", ATOM
        case "abs":
            return f"|{latex(tree.parts[0])}|", ATOM
        case compared if compared in COMPARED:
            return f"[{_condition(tree)}]", ATOM
    name, dash = tree.operation.rstrip("'"), "'" * tree.operation.endswith("'")
    called = NAMES.get(name, rf"\text{{{name.replace('_', ' ')}}}")
    return f"{called}{dash}({', '.join(latex(part) for part in tree.parts)})", ATOM


def _condition(tree: Node) -> str:
    if tree.operation in COMPARED:
        a, b = tree.parts
        return f"{latex(a)} {COMPARED[tree.operation]} {latex(b)}"
    return rf"{latex(tree)} \text{{ not }} 0"


def _number(value: float) -> tuple[str, int]:
    digits, _, exponent = f"{value:.6g}".partition("e")
    text = rf"{digits} \cdot 10^{{{int(exponent)}}}" if exponent else digits
    if value < 0.0:
        return text, NEGATIVE
    return text, PRODUCT if exponent else ATOM


def _in(tree: Node, least: int) -> str:
    text, strength = _set(tree)
    return text if strength >= least else f"({text})"
