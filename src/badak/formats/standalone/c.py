"""One file of C99 that needs no library but math.h."""

import json
import math
import shlex
import textwrap
from collections.abc import Iterator

from badak._version import __version__
from badak.formats.formulas import Formula, Product, Turn
from badak.formats.standalone.plan import TOLERANCE, Apply, Function, Plan, plain, plan_of
from badak.formats.standalone.printing import Dialect, float32_text, print_formula
from badak.network.sequential import Sequential
from badak.typing import Array

WIDTH = 96  # characters a line of numbers
FLOAT = 4  # bytes


def write(model: Sequential, file: str = "") -> str:
    """Return the content of a file of this name; InputError names what cannot be written in C."""
    plan = plan_of(model)
    return _File(plan, file or f"{plan.name}.c").text()


def _number(value: float) -> str:
    if math.isnan(value):
        return "NAN"
    if math.isinf(value):
        return "INFINITY" if value > 0.0 else "-INFINITY"
    return f"{float32_text(value)}f"


DIALECT = Dialect(
    number=_number,
    truth=("1", "0"),
    repeats=True,
    functions={
        "absolute": "fabsf({0})",
        "sqrt": "sqrtf({0})",
        "exp": "expf({0})",
        "expm1": "expm1f({0})",
        "log": "logf({0})",
        "log1p": "log1pf({0})",
        "tanh": "tanhf({0})",
        "erf": "erff({0})",
        "sin": "sinf({0})",
        "cos": "cosf({0})",
        "floor": "floorf({0})",
        "rint": "rintf({0})",
        "power": "powf({0}, {1})",
        "maximum": "fmaxf({0}, {1})",
        "minimum": "fminf({0}, {1})",
        "copysign": "copysignf({0}, {1})",
        "bitwise_and": "({0} && {1})",
        "bitwise_or": "({0} || {1})",
        "bitwise_xor": "({0} != {1})",
        "to_float": "(float)({0})",
        "to_bool": "({0} != 0.0f)",
    },
)

REDUCE = {
    "sum_columns": ("0.0f", "{0} += {1};"),
    "max_columns": ("-INFINITY", "{0} = fmaxf({0}, {1});"),
    "min_columns": ("INFINITY", "{0} = fminf({0}, {1});"),
}


class _File:
    def __init__(self, plan: Plan, file: str) -> None:
        self.plan = plan
        self.file = file
        self.prefix = f"badak_{plan.name}"

    def text(self) -> str:
        parts = [
            self.heading(),
            self.interface(),
            self.declarations(),
            *(self.function(each) for each in self.plan.functions),
            *([PRODUCT] if any(isinstance(a.step, Product) for a in self.plan.steps) else []),
            self.predict(),
            *([self.classify()] if self.plan.classifies else []),
            self.self_test(),
            *self.weights(),
        ]
        return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"

    def heading(self) -> str:
        plan, source = self.plan, plain(shlex.quote(self.file))
        lines = [
            f"{plain(plan.title)}: a neural network as one file of C99.",
            "",
            *plan.drawn(),
            "",
            "It needs math.h and nothing else, allocates nothing, and any number of threads may",
            f"call it at once. Its work takes {self.stack():,} bytes of the stack.",
            "",
            f"    cc -std=c99 -O2 -c {source}",
            "",
            "Self-test, which prints how far the answers lie from those of badak:",
            "",
            f"    cc -std=c99 -O2 -D{self.test_name()} {source} -lm -o {plan.name}",
            f"    ./{plan.name}",
            "",
            f"Written by badak {__version__}; weights are (inputs, units), row by row.",
        ]
        if plan.preparation:
            told = json.dumps(plan.preparation, ensure_ascii=False)
            lines += ["", "How the data were prepared for x:", ""]
            lines += [f"    {line}" for line in textwrap.wrap(plain(told), 92)]
        return "\n".join(["/*", *(f" * {line}".rstrip() for line in lines), " */"])

    def test_name(self) -> str:
        return f"{self.prefix}_SELF_TEST".upper()

    def interface(self) -> str:
        plan, prefix = self.plan, self.prefix
        upper = prefix.upper()
        lines = [
            "#include <math.h>",
            "",
            f"#define {upper}_INPUTS {plan.inputs}",
            f"#define {upper}_OUTPUTS {plan.outputs}",
            "",
            f"/* Works out y[{plan.outputs}] from x[{plan.inputs}]. Returns 0, or 1 where x holds "
            "NaN or infinity: y is",
            "   then left as it was. */",
            f"int {prefix}_predict(const float *x, float *y);",
        ]
        if plan.classifies:
            lines += [
                "",
                "/* Returns the number of the class, or -1 where x holds NaN or infinity. */",
                f"int {prefix}_classify(const float *x);",
            ]
        if plan.class_names:
            lines += [
                "",
                f"extern const char *const {prefix}_class_names[{len(plan.class_names)}];",
            ]
        return "\n".join(lines)

    def declarations(self) -> str:
        """Return what the weights are called; their numbers stand at the end of the file."""
        lines = ["/* The weights; their numbers stand at the end. */"]
        for name, array in self.plan.weights.items():
            note = f"({', '.join(map(str, array.shape))})"
            if name in self.plan.notes:
                note += f": {self.plan.notes[name]}"
            lines.append(f"static const float {name}[{array.size}]; /* {note} */")
        return "\n".join(lines)

    def weights(self) -> Iterator[str]:
        plan = self.plan
        if plan.class_names:
            names = ",\n".join(f"    {_string(name)}" for name in plan.class_names)
            count = len(plan.class_names)
            yield f"const char *const {self.prefix}_class_names[{count}] = {{\n{names}\n}};"
        for name, array in plan.weights.items():
            yield _array(name, array)

    def function(self, function: Function) -> str:
        formula = function.formula
        row_arrays = {n: f"{n}[i]" if formula.rowwise else n for n in formula.arrays}
        variable = "x[i]" if formula.rowwise else "x"
        printed = print_formula(formula.value, DIALECT, variable, row_arrays)
        if not formula.rowwise:
            given = "".join(f", float {name}" for name in formula.arrays)
            body = [*_named(printed.result.named, 4), f"    return {printed.result.value};"]
            return "\n".join([f"static float {function.name}(float x{given})", "{", *body, "}"])
        given = "".join(f", const float *{name}" for name in formula.arrays)
        lines = [f"static void {function.name}(const float *x, int n{given}, float *y)", "{"]
        for each in printed.reductions:
            start, add = REDUCE[each.operation]
            lines += [
                f"    float {each.name} = {start};",
                "    for (int i = 0; i < n; i++) {",
                *_named(each.named, 8),
                f"        {add.format(each.name, each.value)}",
                "    }",
            ]
        lines += [
            "    for (int i = 0; i < n; i++) {",
            *_named(printed.result.named, 8),
            f"        y[i] = {printed.result.value};",
            "    }",
            "}",
        ]
        return "\n".join(lines)

    def room(self) -> tuple[int, int]:
        """Return the sizes of the two places that the steps write to in turn."""
        sizes = [self.plan.inputs, 0]
        at = 0
        for each in self.plan.steps:
            if isinstance(each.step, Product):
                at = 1 - at
                sizes[at] = max(sizes[at], each.step.kernel.shape[1])
            elif isinstance(each.step, Turn):
                sizes[at] = max(sizes[at], each.step.numbers)
        return sizes[0], sizes[1]

    def ensembles(self) -> list[tuple[str, int]]:
        """Return what the ensembles' inputs and sums are called, each with its size."""
        return [
            place
            for each in self.plan.steps
            if isinstance(each.step, Turn) and each.step.kind == "begin"
            for place in (
                (f"{each.function}_input", each.step.inputs),
                (f"{each.function}_sum", each.step.units),
            )
        ]

    def stack(self) -> int:
        """Return how many bytes the arrays of predict take."""
        return FLOAT * (sum(self.room()) + sum(size for _, size in self.ensembles()))

    def predict(self) -> str:
        plan = self.plan
        first, second = self.room()
        places = f"a[{first}]" + (f", b[{second}]" if second else "")
        lines = [
            f"int {self.prefix}_predict(const float *x, float *y)",
            "{",
            f"    float {places};",
            *(f"    float {name}[{size}];" for name, size in self.ensembles()),
            "",
            f"    for (int i = 0; i < {plan.inputs}; i++) {{",
            "        if (!isfinite(x[i]))",
            "            return 1;",
            "        a[i] = x[i];",
            "    }",
        ]
        here, there = "a", "b"
        for each in plan.steps:
            if isinstance(each.step, Product):
                inputs, units = each.step.kernel.shape
                kernel, bias = (*each.arrays, "0")[:2]
                lines.append(f"    product({here}, {inputs}, {kernel}, {bias}, {units}, {there});")
                here, there = there, here
            elif isinstance(each.step, Turn):
                lines += self.turned(each.step, each.function, here)
            else:
                lines += self.applied(each, each.step, here)
        lines += [
            f"    for (int i = 0; i < {plan.outputs}; i++)",
            f"        y[i] = {here}[i];",
            "    return 0;",
            "}",
        ]
        return "\n".join(lines)

    def turned(self, turn: Turn, name: str, here: str) -> list[str]:
        source, total = f"{name}_input", f"{name}_sum"
        weight = _number(turn.weight)
        return {
            "begin": [
                *_for_each(turn.inputs, f"{source}[i] = {here}[i];"),
                *_for_each(turn.units, f"{total}[i] = 0.0f;"),
            ],
            "member": _for_each(turn.inputs, f"{here}[i] = {source}[i];"),
            "add": _for_each(turn.units, f"{total}[i] += {weight} * {here}[i];"),
            "end": _for_each(turn.units, f"{here}[i] = {total}[i];"),
        }[turn.kind]

    def applied(self, each: Apply, step: Formula, here: str) -> list[str]:
        rows, columns = step.rows, step.columns
        if step.rowwise:
            given = "".join(f", {name}" for name in each.arrays)
            if rows == 1:
                return [f"    {each.function}({here}, {columns}{given}, {here});"]
            place = f"{here} + {columns} * r"
            return [
                f"    for (int r = 0; r < {rows}; r++)",
                f"        {each.function}({place}, {columns}{given}, {place});",
            ]
        index = "i" if rows == 1 else f"i % {columns}"
        given = "".join(f", {name}[{index}]" for name in each.arrays)
        return [
            f"    for (int i = 0; i < {rows * columns}; i++)",
            f"        {here}[i] = {each.function}({here}[i]{given});",
        ]

    def classify(self) -> str:
        plan = self.plan
        if plan.threshold is None:
            choose = [
                "    int best = 0;",
                f"    for (int i = 1; i < {plan.outputs}; i++)",
                "        if (y[i] > y[best])",
                "            best = i;",
                "    return best;",
            ]
        else:
            choose = [f"    return y[0] > {_number(plan.threshold)};"]
        return "\n".join(
            [
                f"int {self.prefix}_classify(const float *x)",
                "{",
                f"    float y[{plan.outputs}];",
                "",
                f"    if ({self.prefix}_predict(x, y))",
                "        return -1;",
                *choose,
                "}",
            ]
        )

    def self_test(self) -> str:
        plan, count = self.plan, len(self.plan.x)
        return SELF_TEST.format(
            condition=self.test_name(),
            samples=_array("test_x", plan.x),
            answers=_array("test_y", plan.y),
            predict=f"{self.prefix}_predict",
            count=count,
            inputs=plan.inputs,
            outputs=plan.outputs,
            tolerance=_number(TOLERANCE),
        )


PRODUCT = """\
/* y[units] = x[inputs] times the kernel, plus the bias where there is one. */
static void product(const float *x, int inputs, const float *kernel, const float *bias, int units,
                    float *y)
{
    for (int j = 0; j < units; j++)
        y[j] = bias ? bias[j] : 0.0f;
    for (int i = 0; i < inputs; i++) {
        const float *row = kernel + (long)i * units;
        for (int j = 0; j < units; j++)
            y[j] += x[i] * row[j];
    }
}"""

SELF_TEST = """\
#ifdef {condition}

#include <stdio.h>

{samples}

/* What badak answers to them. */
{answers}

int main(void)
{{
    float y[{outputs}], farthest = 0.0f;

    for (int s = 0; s < {count}; s++) {{
        if ({predict}(test_x + {inputs} * s, y))
            return 1;
        for (int i = 0; i < {outputs}; i++) {{
            float expected = test_y[{outputs} * s + i];
            farthest = fmaxf(farthest, fabsf(y[i] - expected) / fmaxf(1.0f, fabsf(expected)));
        }}
    }}
    printf("{count} samples, farthest from badak's answers: %g\\n", (double)farthest);
    return farthest > {tolerance};
}}

#endif
"""


def _for_each(count: int, body: str) -> list[str]:
    return [f"    for (int i = 0; i < {count}; i++)", f"        {body}"]


def _named(named: list[tuple[str, str, str]], indent: int) -> list[str]:
    kinds = {"float": "float", "bool": "int"}
    return [f"{'':{indent}}const {kinds[kind]} {name} = {text};" for kind, name, text in named]


def _array(name: str, array: Array) -> str:
    lines, line = [], "   "
    for value in array.reshape(-1).tolist():
        text = f" {_number(value)},"
        if len(line) + len(text) > WIDTH:
            lines.append(line)
            line = "   "
        line += text
    lines.append(line)
    return "\n".join([f"static const float {name}[{array.size}] = {{", *lines, "};"])


def _string(text: str) -> str:
    """Return the text as a literal that means the same bytes of UTF-8 to every compiler."""
    escaped = "".join(
        chr(byte)
        if (chr(byte).isalnum() and byte < 128) or chr(byte) in " _-.,:;+/()!"
        else f"\\{byte:03o}"
        for byte in text.encode("utf-8", "replace")
    )
    comment = "" if text.isascii() else f" /* {plain(text)} */"
    return f'"{escaped}"{comment}'
