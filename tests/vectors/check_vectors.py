#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An independent reading of README.md: recomputes vectors.jsonl in plain Python.

usage: check_vectors.py vectors.jsonl
Covers nearest and bilinear of every type, all filters of u8 and u16, straight alpha of u8, transposed convolution,
upsampling and adjoints. Of flow, corners and tracked points it reads the lines, not the bytes: those are compared
between the library's rows only. Prints what it checked and what it did not.
"""
import json
import math
import re
import sys
from fractions import Fraction

MASK = (1 << 64) - 1
ELEMENT = {"u8": 8, "u16": 16, "f16": 16, "bf16": 16, "f32": 32}
FLOAT = {"f16": (5, 10), "bf16": (8, 7), "f32": (8, 23)}


def splitmix64(state):
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
        yield z ^ z >> 31


def fnv1a(data):
    h = 0xCBF29CE484222325
    for b in data:
        h = ((h ^ b) * 0x100000001B3) & MASK
    return h


def encode(value, kind):
    """A Fraction (None: -0) as the bits of a binary format, rounded half to even. Not for values beyond its range."""
    exponent_bits, mantissa_bits = FLOAT[kind]
    if value is None:
        return 1 << (exponent_bits + mantissa_bits)
    bias = (1 << exponent_bits - 1) - 1
    sign = 1 if value < 0 else 0
    value = abs(value)
    if value == 0:
        return 0
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    if Fraction(2) ** exponent > value:
        exponent -= 1
    exponent = max(exponent, 1 - bias)
    units = round(value / Fraction(2) ** (exponent - mantissa_bits))  # half to even
    if units >= 2 << mantissa_bits:
        units //= 2
        exponent += 1
    field = exponent + bias if units >= 1 << mantissa_bits else 0
    return sign << (exponent_bits + mantissa_bits) | field << mantissa_bits | units & ((1 << mantissa_bits) - 1)


def decode(bits, kind):
    exponent_bits, mantissa_bits = FLOAT[kind]
    bias = (1 << exponent_bits - 1) - 1
    mantissa = bits & ((1 << mantissa_bits) - 1)
    field = bits >> mantissa_bits & ((1 << exponent_bits) - 1)
    sign = -1 if bits >> (exponent_bits + mantissa_bits) else 1
    if field == 0:
        return sign * mantissa * Fraction(2) ** (1 - bias - mantissa_bits)
    return sign * (mantissa + (1 << mantissa_bits)) * Fraction(2) ** (field - bias - mantissa_bits)


def to_f32(value):
    return decode(encode(value, "f32"), "f32")


def draw(kind, count, seed, bits=16):
    """Elements of a type from the numbers of one seed."""
    out = []
    for _, z in zip(range(count), splitmix64(seed)):
        if kind == "u8":
            out.append(z >> 56)
        elif kind == "u16":
            out.append(z >> (64 - bits))
        else:
            f = {"f16": 10, "bf16": 7, "f32": 23}[kind]
            out.append(Fraction((z >> (63 - f)) - (1 << f), 1 << f))
    return out


def make_input(v):
    return draw(v["type"], v["src"][0] * v["src"][1] * v["channels"], v["seed"], v.get("bits", 16))


class Axis:
    """Positions of the outputs of one axis."""

    def __init__(self, v, i):
        self.src, self.dst = v["src"][i], v["dst"][i]
        self.rule = v["coordinates"]
        self.mapping = None
        if "region" in v or "scale" in v:
            origin = v["region"][i] if "region" in v else 0.0
            extent = v["region"][i + 2] if "region" in v else float(self.src)
            step = 1 / v["scale"][i] if "scale" in v else extent / self.dst
            if self.rule == "asymmetric":
                origin += 0.5 - 0.5 * step
            self.mapping = (step, origin)

    def ratio(self):
        if self.rule == "asymmetric":
            return 0, self.src, self.dst
        if self.rule == "align_corners":
            return (0, 0, 1) if self.dst == 1 else (0, self.src - 1, self.dst - 1)
        return self.src - self.dst, 2 * self.src, 2 * self.dst

    def step(self):
        first, step, denominator = self.ratio()
        return self.mapping[0] if self.mapping else step / denominator

    def exact_step(self):
        _, step, denominator = self.ratio()
        return Fraction(self.mapping[0]) if self.mapping else Fraction(step, denominator)

    def exact(self, i):
        """The position as the library knows it: a ratio of integers, or a double."""
        if self.mapping:
            return Fraction((i + 0.5) * self.mapping[0] + self.mapping[1] - 0.5)
        first, step, denominator = self.ratio()
        return Fraction(first + i * step, denominator)

    def denominator(self):
        """The smallest d such that every position is a multiple of 1 / d; above 2048 of a mapping: some larger d."""
        if self.mapping:
            whole = lambda p: abs(p - math.floor(p + 0.5)) < 2.0**-20
            step, first = self.mapping[0], self.double(0)
            return next((d for d in range(1, 2049) if whole(d * step) and whole(d * first)), 2049)
        first, step, denominator = self.ratio()
        return denominator // math.gcd(first, step, denominator)

    def double(self, i):
        if self.mapping:
            return (i + 0.5) * self.mapping[0] + self.mapping[1] - 0.5
        first, step, denominator = self.ratio()
        return (first + i * step) / denominator

    def nearest(self, i, rounding):
        p = self.exact(i)
        half = Fraction(1, 2)
        if self.mapping and rounding in ("half_up", "half_down"):  # one double expression
            d = self.double(i)
            p = Fraction(math.floor(d + 0.5) if rounding == "half_up" else math.ceil(d - 0.5))
        index = {"half_up": lambda: math.floor(p + half), "half_down": lambda: math.ceil(p - half),
                 "floor": lambda: math.floor(p), "ceil": lambda: math.ceil(p)}[rounding]()
        return min(max(index, 0), self.src - 1)

    def linear(self, i):
        """Index and fraction in units of 2^-32, rounded down."""
        p = self.exact(i)
        if p <= 0:
            return 0, 0
        if p >= self.src - 1:
            return self.src - 1, 0
        index = math.floor(p)
        return index, math.floor((p - index) * 2**32)


def shape(kind, a, x):
    if kind == "bicubic":
        if x < 1:
            return ((a + 2) * x - (a + 3)) * x * x + 1
        return ((x - 5) * x + 8) * x * a - 4 * a
    if kind == "lanczos3":
        if x == 0:
            return 1.0
        s = math.sin(math.pi * min(x / 3, 1 - x / 3))
        return 3 * s * s * (3 - 4 * s * s) / (math.pi * x) ** 2
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
        radius = {"bicubic": 2, "lanczos3": 3}.get(kind, 1)
        stretch = max(step, 1) if v["antialias"] else 1
        if v["antialias"]:
            p = min(max(p, Fraction(-1, 2)), last + Fraction(1, 2))
        reach = radius * stretch
        for k in range(math.floor(p - reach), math.ceil(p + reach) + 1):
            if abs(k - p) < reach and (0 <= k <= last or not v["antialias"]):
                at = min(max(k, 0), last)
                weights[at] = weights.get(at, 0.0) + shape(kind, v.get("cubic_a", 0), float(abs(k - p) / stretch))
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


def lerp_u8(lifted):
    weight = lambda f: f + (1 << 16) >> 17
    across = lambda a, b, w: (a << 7) + ((b - a) * w + 128 >> 8)
    rounding = (64 << 15) + (1 << 14 if lifted else 0)
    down = lambda a, b, w: (a << 15) + (b - a) * w + rounding >> 22
    return weight, across, down


def lerp_u16(lifted):
    weight = lambda f: f + (1 << 7) >> 8
    across = lambda a, b, w: (a << 12) + ((b - a) * w + (1 << 11) >> 12)
    rounding = (1 << 11) + (6 if lifted else 0)
    down = lambda a, b, w: a + ((b - a) * w >> 24) + rounding >> 12
    return weight, across, down


def lerp_float(_):
    def step(a, b, w):
        return a if w == 0 else to_f32(w * to_f32(b - a) + a)
    return lambda f: to_f32(Fraction(f)) / 2**32, step, step


def lerp_of(v, x_denominator, y_denominator):
    d = x_denominator * y_denominator
    lifted = d % 2 == 0 and d <= 2048 and d & d - 1 != 0
    return {"u8": lerp_u8, "u16": lerp_u16}.get(v["type"], lerp_float)(lifted)


def bilinear(v, src):
    x, y = Axis(v, 0), Axis(v, 1)
    (w, h), (to_w, to_h), n = v["src"], v["dst"], v["channels"]
    at = lambda px, py, c: src[(min(py, h - 1) * w + min(px, w - 1)) * n + c]
    positions = [x.linear(i) for i in range(to_w)], [y.linear(j) for j in range(to_h)]
    return interpolate(lerp_of(v, x.denominator(), y.denominator()), at, *positions, n)


def interpolate(lerp, at, columns, rows, channels):
    weight, across, down = lerp
    out = []
    for iy, fy in rows:
        for ix, fx in columns:
            for c in range(channels):
                top = across(at(ix, iy, c), at(ix + 1, iy, c), weight(fx))
                bottom = across(at(ix, iy + 1, c), at(ix + 1, iy + 1, c), weight(fx))
                out.append(down(top, bottom, weight(fy)))
    return out


def zero_edged(i, factor):
    """Index (from -1) and fraction of output i when zeros surround the image."""
    p = Fraction(2 * i + 1 - factor, 2 * factor)
    index = math.floor(p)
    return index, math.floor((p - index) * 2**32)


def upsampling(v):
    src, (w, h), n, f = make_input(v), v["src"], v["channels"], v["factor"]
    if v["edge"] == "replicate":
        return bilinear({**v, "dst": [w * f, h * f], "coordinates": "half_pixel"}, src)
    at = lambda x, y, c: src[(y * w + x) * n + c] if 0 <= x < w and 0 <= y < h else 0
    d = f if f % 2 else 2 * f
    positions = [zero_edged(i, f) for i in range(w * f)], [zero_edged(j, f) for j in range(h * f)]
    return interpolate(lerp_of(v, d, d), at, *positions, n)


def conv_transpose(v):
    (w, h), (to_w, to_h), (n_in, n_out) = v["src"], v["dst"], v["channels"]
    (kw, kh), (sx, sy), (dx, dy), groups = v["kernel"], v["stride"], v["dilation"], v["groups"]
    kind, per_in, per_out, planes = v["type"], n_in // groups, n_out // groups, v["layout"] == "planes"
    src = draw(kind, w * h * n_in, v["seed"])
    weights = draw(kind, n_in * per_out * kw * kh, v["seed"] + 1)
    bias = draw(kind, n_out, v["seed"] + 2) if v["bias"] else [0] * n_out
    place = lambda c, y, x, size, n: (c * size[1] + y) * size[0] + x if planes else (y * size[0] + x) * n + c

    def taps(i, cut, kernel, stride, dilation, size):
        for k in range(kernel):
            t = i + cut - k * dilation
            if t >= 0 and t % stride == 0 and t // stride < size:
                yield k, t // stride

    out = [None] * (to_w * to_h * n_out)
    for o in range(n_out):
        group = o // per_out
        for y in range(to_h):
            for x in range(to_w):
                total = bias[o]
                for i in range(group * per_in, (group + 1) * per_in):
                    for ky, iy in taps(y, v["cut"][1], kh, sy, dy, h):
                        for kx, ix in taps(x, v["cut"][0], kw, sx, dx, w):
                            weight = weights[((i * per_out + o % per_out) * kh + ky) * kw + kx]
                            total = to_f32(total + weight * src[place(i, iy, ix, (w, h), n_in)])
                out[place(o, y, x, (to_w, to_h), n_out)] = total
    return out


def adjoint(v):
    """Sums over output rows, then over output columns, both ascending, by fused multiply-adds."""
    (w, h), (to_w, to_h), n = v["src"], v["dst"], v["channels"]
    gradient = draw(v["type"], to_w * to_h * n, v["seed"])

    def table(axis, size, to):
        """For each source pixel its (output, weight) pairs."""
        taken = [[] for _ in range(size)]
        for i in range(to):
            at = zero_edged(i, to // size) if "edge" in v else Axis(v, axis).linear(i)
            weight = to_f32(Fraction(at[1])) / 2**32
            if at[0] >= 0:
                taken[at[0]].append((i, to_f32(1 - weight)))
            if weight != 0 and at[0] + 1 < size:
                taken[at[0] + 1].append((i, weight))
        return taken

    def total(terms):
        s = None  # -0, which empty sums and sums of them keep
        for weight, value in terms:
            if weight != 0 and value is not None:
                s = to_f32((s or 0) + weight * value)
        return s

    rows = [[total((wt, gradient[j * to_w * n + e]) for j, wt in taken) for e in range(to_w * n)]
            for taken in table(1, h, to_h)]
    columns = table(0, w, to_w)
    return [total((wt, row[i * n + c]) for i, wt in taken) for row in rows for taken in columns for c in range(n)]


def nearest(v, src):
    x, y = Axis(v, 0), Axis(v, 1)
    n, w = v["channels"], v["src"][0]
    rounding = v["rounding"]
    return [src[(y.nearest(j, rounding) * w + x.nearest(i, rounding)) * n + c]
            for j in range(v["dst"][1]) for i in range(v["dst"][0]) for c in range(n)]


def resize(v):
    """Output elements, or None for what this program does not compute."""
    return resize_pixels(v, make_input(v))


def resize_pixels(v, src):
    if v["filter"] == "nearest":
        return nearest(v, src)
    if v["filter"] == "bilinear" and not (v["antialias"] and max(Axis(v, 0).step(), Axis(v, 1).step()) > 1):
        return bilinear(v, src)
    return filtered(v, src) if v["type"] in ("u8", "u16") else None


def straight_alpha(v):
    if v["type"] != "u8":
        return None
    n, src = v["channels"], make_input(v)
    products = [e * (255 if i % n == n - 1 else src[i - i % n + n - 1]) for i, e in enumerate(src)]
    out = resize_pixels({**v, "type": "u16"}, products)
    for i in range(0, len(out), n):
        alpha = out[i + n - 1]
        out[i:i + n - 1] = [min((2 * 255 * c + alpha) // (2 * alpha), 255) if alpha else 0 for c in out[i:i + n - 1]]
        out[i + n - 1] = min((alpha + 127) // 255, 255)
    return out


OPERATIONS = {"resize": resize, "straight_alpha": straight_alpha, "conv_transpose2d": conv_transpose,
              "upsample_transpose_conv": upsampling, "bilinear_adjoint": adjoint}


def one_of(*values):
    return lambda x: x in values


def within(low, high, kind=int):
    kinds = (int, float) if kind is float else kind
    return lambda x: isinstance(x, kinds) and not isinstance(x, bool) and low <= x <= high


def pair(x_range, y_range):
    return lambda x: isinstance(x, list) and len(x) == 2 and x_range(x[0]) and y_range(x[1])


def is_truth(x):
    return isinstance(x, bool)


def is_hash(x):
    return isinstance(x, str) and re.fullmatch("[0-9a-f]{16}", x) is not None


FRAMES = {"operation": lambda name: name in LINES, "bytes_revision": within(1, 1000),
          "type": one_of("u8", "u16", "f32"), "src": pair(within(1, 48), within(1, 40)), "channels": within(1, 4),
          "seed": within(0, 2**32 - 1), "hash": is_hash}
DENSE = {"quality": one_of("fast", "balanced", "accurate"), "model": one_of("classic"),
         "shift": pair(within(0, 3), within(0, 3)), "masks": one_of("prev", "next", "both"),
         "consistency": within(0, 512, float), "validity_hash": is_hash}

# The keys of operations whose bytes this program does not compute: those of every line, and those of some.
LINES = {
    "horn_schunck": (FRAMES, {**DENSE, "lambda": within(1, 10**6), "iterations": within(1, 1000),
                              "median_radius": within(0, 3), "median_passes": within(1, 8)}),
    "lucas_kanade": ({**FRAMES, "window_radius": within(0, 15)}, {**DENSE, "window_sigma": within(0.1, 100, float)}),
    "good_features": ({**FRAMES, "mask": is_truth, "window_radius": within(1, 15),
                       "min_distance": within(0, 10000, float), "quality": within(0, 1, float),
                       "max_count": within(1, 10**6), "count": within(0, 10**6)}, {}),
    "track_points": ({**FRAMES, "shift": DENSE["shift"], "points": within(1, 1000), "guess": is_truth,
                      "window": one_of(*range(3, 64, 2)), "max_levels": within(1, 16),
                      "iterations": within(1, 1000), "forward_backward": within(0, 1000, float)}, {}),
}


def problem_of(v):
    """What README.md does not allow in a line, or None."""
    always, sometimes = LINES[v["operation"]]
    for key in always.keys() - v.keys():
        return f"no {key}"
    for key, value in v.items():
        allowed = always.get(key) or sometimes.get(key)
        if allowed is None:
            return f"unknown key {key}"
        if not allowed(value):
            return f"{key} out of range"
    if sometimes and ("quality" in v) == ("model" in v):
        return "not one of quality and model"
    if v["operation"] == "horn_schunck" and any(("model" in v) != (key in v) for key in ("lambda", "iterations")):
        return "lambda and iterations belong to the classic model"
    if ("consistency" in v) != ("validity_hash" in v):
        return "one of consistency and validity_hash"
    if v.get("count", 0) > v.get("max_count", 0):
        return "more corners than max_count"
    return None


def to_bytes(v, elements):
    kind = v["type"]
    if kind in FLOAT:
        elements = [encode(e, kind) for e in elements]
    zeros = v.get("low_zero_bits", 0)
    return b"".join((e << zeros).to_bytes(ELEMENT[kind] // 8, "little") for e in elements)


def main(path):
    checked = read = skipped = wrong = 0
    for number, line in enumerate(open(path), 1):
        v = json.loads(line)
        if v["operation"] in LINES:
            read += 1
            problem = problem_of(v)
            if problem:
                wrong += 1
                print(f"line {number}: {problem}: {line.strip()}")
            continue
        elements = OPERATIONS[v["operation"]](v)
        if elements is None:
            skipped += 1
            continue
        checked += 1
        if f"{fnv1a(to_bytes(v, elements)):016x}" != v["hash"]:
            wrong += 1
            print(f"line {number}: another hash: {line.strip()}")
    print(f"{checked} vectors checked, {read} of flow read but not computed, {skipped} beyond this program, "
          f"{wrong} wrong")
    return 1 if wrong or not checked or not read else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
