# SPDX-License-Identifier: Apache-2.0
"""image_comparison of integers: sums in integers, and one expression in double for each window."""
import math
import struct

from reading.numbers import draw


def gaussian_weights():
    """Eleven weights of sigma 1.5 in units of 2^-15; the middle one takes what rounding leaves."""
    exact = [math.exp(-i * i / 4.5) for i in range(-5, 6)]
    weights = [math.floor(w / math.fsum(exact) * 2**15 + 0.5) for w in exact]
    weights[5] = 2**15 - sum(weights) + weights[5]
    return weights


def windows_of(kind, peak):
    """Weights of an axis, their sum's log2, the step, and both constants."""
    if kind == "gaussian":
        return gaussian_weights(), 15, 1, 0.01 * peak * (0.01 * peak), 0.03 * peak * (0.03 * peak)
    c1 = math.floor(0.01 * 0.01 * peak * peak * 64.0 + 0.5) / (64.0 * 64.0)
    c2 = math.floor(0.03 * 0.03 * peak * peak * 64.0 * 63.0 + 0.5) / (64.0 * 64.0)
    return [1] * 8, 3, 4, c1, c2


def similarity(a, b, left, top, width, rule):
    weights, bits, _, c1, c2 = rule
    first = second = squares = products = 0
    for j, wy in enumerate(weights):
        for i, wx in enumerate(weights):
            at = (top + j) * width + left + i
            p, q = a[at], b[at]
            first += wx * wy * p
            second += wx * wy * q
            squares += wx * wy * (p * p + q * q)
            products += wx * wy * p * q
    unit = 2.0 ** (-2 * bits)
    ma, mb = first * unit, second * unit
    ab, aabb = ma * mb, ma * ma + mb * mb
    covariance, variance = products * unit - ab, squares * unit - aabb
    above = (ab + ab + c1) * (covariance + covariance + c2)
    below = (aabb + c1) * (variance + c2)
    return math.floor(above / below * 2.0**30 + (2.0**31 + 0.5)) - 2**31


def image_comparison(v):
    """The bytes of the sums, or None for floats."""
    if v["type"] not in ("u8", "u16"):
        return None
    (w, h), n, bits = v["src"], v["channels"], v.get("bits", 16)
    judged, reference = (draw(v["type"], w * h * n, v["seed"] + s, bits) for s in (0, 1))
    rule = windows_of(v["windows"], 2.0 ** (8 if v["type"] == "u8" else bits) - 1)
    taps, step = len(rule[0]), rule[2]
    out = b""
    for c in range(n):
        a, b = judged[c::n], reference[c::n]
        tops, lefts = range(0, h - taps + 1, step), range(0, w - taps + 1, step)
        similar = sum(similarity(a, b, left, top, w, rule) for top in tops for left in lefts)
        out += struct.pack("<qddqq", w * h, float(sum((x - y) ** 2 for x, y in zip(a, b))),
                           float(sum(y * y for y in b)), len(tops) * len(lefts), similar)
    return out
