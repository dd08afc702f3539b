"""The elementary functions of compiled formulas, in float32, without a branch.

Each is written once, over the primitives `m` of a machine (:class:`NumPyPrimitives` lists them),
and so runs on NumPy's arrays and on the compiler's vectors alike. Infinities, NaN and subnormal
numbers are right; the sign of zero is free. ``python -m benchmarks.elementary_functions`` prints
the largest errors over all float32 numbers.

All go the same way: bring the argument into a short interval by steps that lose nothing, work out a
polynomial there, undo the steps. The polynomials are minimax: their largest relative error, on 900
Chebyshev points of the interval, was made least by linear programming on residuals worked out in
extended precision; then the lowest coefficient was rounded to float32, the others were fitted
again, and so on up to the highest.

Python's numbers stand for float32 constants, and for int32 ones where the other operand is an
integer.
"""

from typing import Any

import numpy as np

Value = Any
"""A float32 array of NumPy's, or what the compiler has in its place."""
Integer = Any
"""An int32 array of NumPy's, or what the compiler has in its place."""
Primitives = Any
"""What :class:`NumPyPrimitives` offers, or the same of the compiler."""

INFINITY = float("inf")
NAN = float("nan")
LARGEST = 3.4028234663852886e38
SMALLEST_NORMAL = 1.1754943508222875e-38
LN2 = 0.6931471824645996
LN2_REST = -1.9046542121259336e-09  # ln 2 = LN2 + LN2_REST
LOG2E = 1.4426950408889634
TWO_OVER_LN2 = 2.885390043258667
TWO_OVER_LN2_REST = 3.851926067000022e-08

# The pattern of a float32 is its sign, 8 bits of exponent, and from bit 23 down the fraction.
FRACTION = 23
ONE = 0x3F800000  # the pattern of 1.0; that of 2**n is ONE + (n << FRACTION)
EXPONENT_BITS = -0x800000  # a mask that leaves sign and exponent
ROUND = 12582912.0
"""1.5 * 2**23: added to x, it leaves no place for a fraction, so the sum is ROUND + rint(x), and
rint(x) also stands in the last bits of the sum's pattern."""
ROUND_BIASED = ROUND + 254.0


def exp(x: Value, m: Primitives) -> Value:
    """Return e to the power of x."""
    x = m.where(x > 89.0, 89.0, x)  # infinite from there on; a NaN is left as it is
    x = m.where(x < -104.0, -104.0, x)  # 0 from there on
    rounded = m.fma(x, LOG2E, ROUND_BIASED)
    n = rounded - ROUND_BIASED
    r = m.fma(n, -LN2_REST, m.fma(n, -LN2, x))  # x = n ln 2 + r
    p = m.fma(_exp_tail(r, m), r, 1.0)
    root, other_root = _factors_of_power(rounded, m)
    return m.fma(p, r, 1.0) * root * other_root


def _factors_of_power(rounded: Value, m: Primitives) -> tuple[Value, Value]:
    """Return two normal numbers whose product is 2**n, for `rounded` = ROUND_BIASED + n.

    The last bits of `rounded` are n and twice the bias of exponents, so half of them is a biased
    exponent; the shift to its place pushes all other bits out.
    """
    whole = m.bits(rounded)
    half = m.shift_right_logical(whole, 1)
    return m.from_bits(half << FRACTION), m.from_bits((whole - half) << FRACTION)


def expm1(x: Value, m: Primitives) -> Value:
    """Return e to the power of x, less 1: about x where x is small."""
    within = m.where(x > 89.0, 89.0, x)
    within = m.where(within < -18.0, -18.0, within)  # -1 from there on
    rounded = m.fma(within, LOG2E, ROUND)
    n = rounded - ROUND
    p = _expm1_near_zero(m.fma(n, -LN2_REST, m.fma(n, -LN2, within)), m)
    half = _power_of_two(rounded - 1.0, m)  # 2**(n - 1), for n may be 128
    y = m.fma(p, half, half - 0.5)
    return m.where(m.abs(x) < 5.9e-8, x, y + y)  # halving may cost a subnormal its last bit


def _expm1_near_zero(r: Value, m: Primitives) -> Value:
    """Return e**r - 1 for abs(r) <= ln(2) / 2."""
    return m.fma(_exp_tail(r, m), r * r, r)


def _exp_tail(r: Value, m: Primitives) -> Value:
    """Return (e**r - 1 - r) / r**2 for abs(r) <= ln(2) / 2."""
    p = m.fma(0.0013820945750921965, r, 0.008368683978915215)
    p = m.fma(p, r, 0.04166826605796814)
    p = m.fma(p, r, 0.1666652113199234)
    return m.fma(p, r, 0.4999999403953552)


def _power_of_two(rounded: Value, m: Primitives) -> Value:
    """Return 2**n for `rounded` = ROUND + n, -127 < n < 128."""
    return m.from_bits((m.bits(rounded) << FRACTION) + ONE)


def log(x: Value, m: Primitives) -> Value:
    """Return the natural logarithm of x."""
    n, f = _exponent_and_rest(x, m)
    y = m.fma(n, LN2, _log_near_one(f, m))
    y = m.where(x < INFINITY, y, x)
    return m.where(x > 0.0, y, m.where(x == 0.0, -INFINITY, NAN))


def _exponent_and_rest(x: Value, m: Primitives) -> tuple[Value, Value]:
    """Return n and f, in [-1/3, 1/3), of x = (1 + f) 2**n, for finite x > 0."""
    subnormal = x < SMALLEST_NORMAL
    normal = m.where(subnormal, x * 8388608.0, x)
    exponent = _exponent(normal, m)
    n = m.fma(m.to_float(exponent), 2.0**-FRACTION, m.where(subnormal, -23.0, 0.0))
    return n, m.from_bits(m.bits(normal) - exponent) - 1.0


def _exponent(x: Value, m: Primitives) -> Integer:
    """Return n << FRACTION where x / 2**n is in [2/3, 4/3)."""
    two_thirds = 0x3F2AAAAB
    return (m.bits(x) - two_thirds) & EXPONENT_BITS


def _log_near_one(f: Value, m: Primitives) -> Value:
    """Return log(1 + f) for f in [-1/3, 1/3]."""
    p = m.fma(-0.12882503867149353, f, 0.13985267281532288)
    p = m.fma(p, f, -0.12186845391988754)
    p = m.fma(p, f, 0.14005622267723083)
    p = m.fma(p, f, -0.16680249571800232)
    p = m.fma(p, f, 0.20010431110858917)
    p = m.fma(p, f, -0.2499980479478836)
    p = m.fma(p, f, 0.3333321511745453)
    p = m.fma(p, f, -0.5)
    return m.fma(p, f * f, f)


def log1p(x: Value, m: Primitives) -> Value:
    """Return the natural logarithm of 1 + x: about x where x is small."""
    exponent = _exponent(1.0 + x, m)
    four_parts = m.from_bits(ONE + (2 << FRACTION) - exponent)  # 4 / 2**n, never subnormal
    part = m.from_bits(m.bits(x) - exponent)  # x / 2**n
    f = part + m.fma(0.25, four_parts, -1.0)  # (1 + x) / 2**n - 1, as if 1 + x were not rounded
    n = m.to_float(exponent) * 2.0**-FRACTION
    y = m.fma(n, LN2, _log_near_one(f, m))
    y = m.where(x < INFINITY, y, x)
    return m.where(x > -1.0, y, m.where(x == -1.0, -INFINITY, NAN))


def tanh(x: Value, m: Primitives) -> Value:
    """Return the hyperbolic tangent of x."""
    a = m.abs(x)
    return m.where(a >= 1.0, m.copysign(_tanh_far(a, m), x), _tanh_near(x, m))  # NaN is near


def _tanh_near(x: Value, m: Primitives) -> Value:
    s = x * x
    p = m.fma(-0.00035839443444274366, s, 0.0023012221790850163)
    p = m.fma(p, s, -0.007946009747684002)
    p = m.fma(p, s, 0.0214866753667593)
    p = m.fma(p, s, -0.05387984588742256)
    p = m.fma(p, s, 0.13332346081733704)
    p = m.fma(p, s, -0.33333295583724976)
    return m.fma(p * s, x, x)


def _tanh_far(x: Value, m: Primitives) -> Value:
    """Return 1 - 2 / (e**(2 x) + 1) for x >= 1."""
    x = m.where(x > 9.5, 9.5, x)  # 1 from there on
    rounded = m.fma(x, 2.0 * LOG2E, ROUND)
    p = _expm1_near_zero(m.fma(rounded - ROUND, -LN2, x + x), m)  # LN2_REST would be lost in the 1
    raised = _power_of_two(rounded, m)
    return 1.0 - 2.0 / m.fma(p, raised, raised + 1.0)


def erf(x: Value, m: Primitives) -> Value:
    """Return Gauss's error function of x."""
    a = m.abs(x)
    return m.where(a >= 0.9, m.copysign(_erf_far(a, m), x), _erf_near(x, m))  # NaN is near


def _erf_near(x: Value, m: Primitives) -> Value:
    s = x * x
    p = m.fma(-0.0006020799628458917, s, 0.004998959135264158)
    p = m.fma(p, s, -0.026770493015646935)
    p = m.fma(p, s, 0.11281921714544296)
    p = m.fma(p, s, -0.3761250376701355)
    p = m.fma(p, s, 0.12837915122509003)
    return m.fma(p, x, x)


def _erf_far(x: Value, m: Primitives) -> Value:
    """Return 1 - e**-q for x >= 0.9, where q is -log(1 - erf(x))."""
    x = m.where(x > 4.0, 4.0, x)  # 1 from there on
    p = m.fma(-0.00021415365335997194, x, 0.0032164519652724266)
    p = m.fma(p, x, -0.022895127534866333)
    p = m.fma(p, x, 0.10527050495147705)
    p = m.fma(p, x, 0.6357112526893616)
    p = m.fma(p, x, 0.12851659953594208)
    q = m.fma(p, x, x)
    rounded = m.fma(q, -LOG2E, ROUND)
    r = m.fma(rounded - ROUND, -LN2, -q)
    raised = _power_of_two(rounded, m)
    return m.fma(-_expm1_near_zero(r, m), raised, 1.0 - raised)


def cos_turns(x: Value, m: Primitives) -> Value:
    """Return the cosine of 2 pi x for x in [0, 1]: of x turns, not radians."""
    rest = 1.0 - x
    v = 0.25 - m.where(rest < x, rest, x)  # exact, and cos(2 pi x) = sin(2 pi v)
    s = v * v
    p = m.fma(40.12517166137695, s, -76.63337707519531)
    p = m.fma(p, s, 81.60496520996094)
    p = m.fma(p, s, -41.34172439575195)
    p = m.fma(p, s, 6.2831854820251465)
    return p * v


def power(x: Value, y: Value, m: Primitives) -> Value:
    """Return x to the power of y; a negative x needs a whole y, or the answer is NaN."""
    size = _positive_power(m.abs(x), y, m)
    even_below = m.floor(0.5 * y)
    odd = m.fma(even_below, -2.0, y) == 1.0
    z = m.where(odd, m.copysign(size, x), size)
    not_whole = m.where(m.floor(y) == y, 1.0, x)
    z = m.where(not_whole < 0.0, m.where(x > -INFINITY, NAN, z), z)
    return m.where(x == 1.0, 1.0, m.where(y == 0.0, 1.0, z))  # even where the other is NaN


def _positive_power(x: Value, y: Value, m: Primitives) -> Value:
    """Return 2**(y log2(x)) for x >= 0; log2(x), up to 150, is kept in two numbers."""
    y = m.where(y > LARGEST, LARGEST, m.where(y < -LARGEST, -LARGEST, y))  # for infinity * 0
    high, low = _log2(x, m)
    high = m.where(x == 0.0, -INFINITY, m.where(x < INFINITY, high, x))
    product = y * high
    rest = m.fma(y, high, -product) + y * low
    return _exp2(product, m.where(m.abs(product) < 200.0, rest, 0.0), m)


def _log2(x: Value, m: Primitives) -> tuple[Value, Value]:
    """Return two numbers whose sum is log2(x), within some 2**-32 of it, for finite x > 0.

    log2(1 + f) = (2 / ln 2) artanh(q) with q = f / (2 + f); q and the first two terms of the series
    are kept in two numbers too.
    """
    n, f = _exponent_and_rest(x, m)
    divisor = f + 2.0
    divisor_rest = f - (divisor - 2.0)
    q = f / divisor
    q_rest = m.fma(-q, divisor_rest, m.fma(-q, divisor, f)) / divisor
    square = q * q
    shift = m.fma(q_rest, square, q_rest)  # artanh(q + q_rest) - artanh(q)
    first = q * TWO_OVER_LN2
    first_rest = m.fma(q, TWO_OVER_LN2, -first)
    first_rest = m.fma(q, TWO_OVER_LN2_REST, m.fma(shift, TWO_OVER_LN2, first_rest))
    cube = square * q
    cube_rest = m.fma(square, q, -cube) + m.fma(q, q, -square) * q
    second = cube * 0.9617967009544373
    second_rest = m.fma(cube, 0.9617967009544373, -second) + cube_rest
    p = m.fma(0.34020423889160156, square, 0.4118027091026306)
    p = m.fma(p, square, 0.5770794749259949)
    rest = m.fma(p * square, cube, first_rest + second_rest)
    total, low = _sum(n, first)
    total, lower = _sum(total, second)
    return _sum(total, low + lower + rest)


def _sum(large: Value, small: Value) -> tuple[Value, Value]:
    """Return large + small, rounded, and what the rounding lost."""
    total = large + small
    return total, small - (total - large)


def _exp2(x: Value, rest: Value, m: Primitives) -> Value:
    """Return 2**(x + rest) for a small rest."""
    x = m.where(x > 130.0, 130.0, x)
    x = m.where(x < -152.0, -152.0, x)
    rounded = x + ROUND_BIASED
    r = (x - (rounded - ROUND_BIASED)) + rest
    p = m.fma(0.00015326471475418657, r, 0.0013390806270763278)
    p = m.fma(p, r, 0.009618505835533142)
    p = m.fma(p, r, 0.05550359934568405)
    p = m.fma(p, r, 0.24022647738456726)
    p = m.fma(p, r, 0.6931471824645996)
    root, other_root = _factors_of_power(rounded, m)
    return m.fma(p * r, root, root) * other_root


class NumPyPrimitives:
    """The primitives on NumPy's arrays: float32, int32 and bool, never another type."""

    @staticmethod
    def fma(a: Value, b: Value, c: Value) -> Value:
        """Return a b + c, rounded once.

        Worked out in float64, where the product is exact. The sum is rounded there before it is
        rounded to float32, which moves a result in hundreds of millions by one place.
        """
        a, b, c = (np.float64(np.float32(v)) for v in (a, b, c))
        return np.float32(a * b + c)

    @staticmethod
    def floor(x: Value) -> Value:
        """Return the largest whole number that is no larger."""
        return np.floor(x)

    @staticmethod
    def abs(x: Value) -> Value:
        """Return x without its sign."""
        return np.abs(x)

    @staticmethod
    def copysign(size: Value, sign: Value) -> Value:
        """Return `size` with the sign of `sign`."""
        return np.copysign(size, sign)

    @staticmethod
    def where(condition: Value, a: Value, b: Value) -> Value:
        """Return a where the condition holds, else b."""
        return np.where(condition, np.float32(a), np.float32(b))

    @staticmethod
    def bits(x: Value) -> Integer:
        """Return the int32 of the same 32 bits."""
        return x.view(np.int32)

    @staticmethod
    def from_bits(i: Integer) -> Value:
        """Return the float32 of the same 32 bits."""
        return i.view(np.float32)

    @staticmethod
    def to_float(i: Integer) -> Value:
        """Return an int32 as a float32."""
        return i.astype(np.float32)

    @staticmethod
    def shift_right_logical(i: Integer, n: int) -> Integer:
        """Return i moved to the right with zeros from the left, where i >> n repeats its sign."""
        return (i.view(np.uint32) >> n).view(np.int32)
