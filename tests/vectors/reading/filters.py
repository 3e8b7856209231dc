# SPDX-License-Identifier: Apache-2.0
"""Filtered resizes: tables of weights, two passes; integers are summed in integers."""
import math
from fractions import Fraction

from reading.numbers import ELEMENT, to_f32
from reading.positions import Axis


def shape(v, x):
    kind = v["filter"]
    if kind == "bicubic":
        a = v["cubic_a"]
        if x < 1:
            return ((a + 2) * x - (a + 3)) * x * x + 1
        return ((x - 5) * x + 8) * x * a - 4 * a
    if kind == "lanczos3":
        if x == 0:
            return 1.0
        s = math.sin(math.pi * min(x / 3, 1 - x / 3))
        return 3 * s * s * (3 - 4 * s * s) / (math.pi * x) ** 2
    if kind in ("mitchell", "catmull_rom"):
        b, c = v.get("cubic_bc", (0, 0.5))
        if x < 1:
            return ((2 - 1.5 * b - c) * x + (2 * b + c - 3)) * x * x + 1 - b / 3
        return (((-b / 6 - c) * x + b + 5 * c) * x - 2 * b - 8 * c) * x + 4 * b / 3 + 4 * c
    if kind == "gaussian":
        return math.exp(-2 * x * x)
    if kind == "hamming":
        return math.sin(math.pi * x) / (math.pi * x) * (0.54 + 0.46 * math.cos(math.pi * x)) if x else 1.0
    if kind == "spline36":
        t = x - math.floor(x)
        cube, square, line, constant = ((247, -453, -3, 209), (-114, 270, -156, 0), (19, -45, 26, 0))[math.floor(x)]
        return (((cube * t + square) * t + line) * t + constant) / 209
    return 1 - x


def footprint(v, axis, i):
    """First source pixel and weights of one output, inside the image and summing to one."""
    kind, p, step, last = v["filter"], axis.exact(i), axis.exact_step(), axis.src - 1
    weights = {}
    if kind == "area":
        low, high = p + Fraction(1, 2) - step / 2, p + Fraction(1, 2) + step / 2
        edges = [-math.inf] + list(range(1, axis.src)) + [math.inf]
        for k in range(axis.src):
            weights[k] = float(max(0, min(high, edges[k + 1]) - max(low, edges[k])))
        if step == 0:
            weights = {min(max(math.floor(low), 0), last): 1.0}
    else:
        radius = {"bilinear": 1, "hamming": 1, "lanczos3": 3, "spline36": 3}.get(kind, 2)
        stretch = max(step, 1) if v["antialias"] else 1
        if v["antialias"]:
            p = min(max(p, Fraction(-1, 2)), last + Fraction(1, 2))
        reach = radius * stretch
        for k in range(math.floor(p - reach), math.ceil(p + reach) + 1):
            if abs(k - p) < reach and (0 <= k <= last or not v["antialias"]):
                at = min(max(k, 0), last)
                weights[at] = weights.get(at, 0.0) + shape(v, float(abs(k - p) / stretch))
    total = math.fsum(weights.values())
    kept = {k: w / total for k, w in weights.items() if abs(w / total) >= 2.0**-32}
    first = min(kept)
    return first, [kept.get(k, 0.0) for k in range(first, max(kept) + 1)]


class Table:
    """Integer weights: prefix sums rounded half to even, so that each output's weights sum to 1 << bits."""

    def __init__(self, v, axis):
        self.prints = [footprint(v, axis, i) for i in range(axis.dst)]
        self.largest = max(abs(w) for _, ws in self.prints for w in ws)
        self.lobes = max(-sum(w for w in ws if w < 0) for _, ws in self.prints)
        self.taps = max(len(ws) for _, ws in self.prints)

    def passed(self, low, high, bits):
        """The range of the results, from that of the samples."""
        n = self.lobes + self.taps / 2**bits if self.lobes else 0
        return low * (1 + n) - high * n, high * (1 + n) - low * n

    def most_bits(self, low, high, engine):
        weight, total, _, cap = engine
        for bits in range(cap, 0, -1):
            below, above = self.passed(low, high, bits)
            if self.largest * 2**bits + 1 <= weight and (max(above, -below) + 0.5) * 2**bits <= total:
                return bits

    def error(self, low, high, bits):
        return (high - low) * (self.taps - 1) / 2 ** (bits + 1)

    def round(self, bits):
        self.bits, self.outputs = bits, []
        for first, ws in self.prints:
            prefix, before, out = 0.0, 0, []
            for k, w in enumerate(ws):
                prefix += w
                after = 2**bits if k + 1 == len(ws) else round(prefix * 2**bits)
                out.append(after - before)
                before = after
            self.outputs.append((first, out))


NARROW = (32767, 2.0**31 - 1, 32767, 22)
WIDE = (2.0**30 - 1, 2.0**62, 2.0**31 - 1, 38)


def choose_bits(one, two, top, kinds):
    """Bits of both passes and those kept between: the first of `kinds` whose weights err by less than 1/4."""
    for engine, kept in kinds:
        first = one.most_bits(0, top, engine)
        below, above = one.passed(0, top, first)
        below, above, half = math.floor(below * 2**kept), math.ceil(above * 2**kept), 2**kept / 2
        if max(above, -below) > engine[2] or first <= kept:
            continue
        second = two.most_bits(below - half, above + half, engine)
        lobes = two.lobes + two.taps / 2**second if two.lobes else 0
        error = one.error(0, top, first) * (1 + 2 * lobes) + two.error(below, above, second) / 2**kept
        if error < 0.25:
            break
    return first, second, kept


def filtered(v, src):
    x_axis, y_axis = Axis(v, 0), Axis(v, 1)
    (w, h), (to_w, to_h), n = v["src"], v["dst"], v["channels"]
    vertical_first = y_axis.exact_step() > 1
    top = (1 << v.get("bits", ELEMENT[v["type"]])) - 1
    x, y = Table(v, x_axis), Table(v, y_axis)
    one, two = (y, x) if vertical_first else (x, y)
    kinds = [(NARROW, k) for k in (7, 6, 5, 4, 3)] if v["type"] == "u8" else []
    first, second, kept = choose_bits(one, two, top, kinds + [(WIDE, 12), (WIDE, 6)])
    one.round(first)
    two.round(second)

    def horizontal(rows, width, finish):
        return [[finish(sum(wt * row[(f + k) * n + c] for k, wt in enumerate(ws))) for f, ws in x.outputs
                 for c in range(n)] for row in rows]

    def vertical(rows, finish):
        return [[finish(sum(wt * rows[f + k][i] for k, wt in enumerate(ws))) for i in range(len(rows[0]))]
                for f, ws in y.outputs]

    rows = [src[r * w * n:(r + 1) * w * n] for r in range(h)]
    between = lambda s: (s + (1 << one.bits - kept >> 1)) >> (one.bits - kept)
    last = two.bits + kept
    finish = lambda s: min(max((s + (1 << last >> 1)) >> last, 0), top)
    if vertical_first:
        return sum(horizontal(vertical(rows, between), to_w, finish), [])
    return sum(vertical(horizontal(rows, to_w, between), finish), [])


def filtered_float(v, src):
    """The same on floats: weights rounded to f32, and one chain of fused multiply-adds for each output."""
    x_axis, y_axis = Axis(v, 0), Axis(v, 1)
    (w, h), n = v["src"], v["channels"]
    tables = [[(f, [to_f32(Fraction(wt)) for wt in ws]) for f, ws in (footprint(v, a, i) for i in range(a.dst))]
              for a in (x_axis, y_axis)]

    def chain(terms):
        total = Fraction(0)
        for weight, value in terms:
            if weight != 0:
                total = to_f32(weight * value + total)
        return total

    def horizontal(rows):
        return [[chain((wt, row[(f + k) * n + c]) for k, wt in enumerate(ws)) for f, ws in tables[0] for c in range(n)]
                for row in rows]

    def vertical(rows):
        return [[chain((wt, rows[f + k][i]) for k, wt in enumerate(ws)) for i in range(len(rows[0]))]
                for f, ws in tables[1]]

    rows = [src[r * w * n:(r + 1) * w * n] for r in range(h)]
    rows = horizontal(vertical(rows)) if y_axis.exact_step() > 1 else vertical(horizontal(rows))
    return sum(rows, [])
