# SPDX-License-Identifier: Apache-2.0
"""flow_color: a slope and a length in f32, colors in integers."""
import math
import struct
from fractions import Fraction

from reading.numbers import draw, fnv1a, to_f32

COLORS = 54  # of the wheel, in a turn
ONE = 1 << 12
FULL = 255 * 64
ARCTANGENT = [8.593218113357151, -2.8387605245309144, 1.548355083930591, -0.7318649257545728, 0.17915056002123064]


def rounded(value):
    """To f32."""
    return to_f32(Fraction(value)) if value else Fraction(0)


def root(value):
    """The square root in f32: that in double, of a number of 24 bits, rounds the same."""
    return rounded(math.sqrt(value))


def ramp(place, steps):
    end = steps * ONE
    slope = (FULL * 65536 + end // 2) // end
    return (min(max(place, 0), end) * slope + 32768) >> 16


def place_of(u, v):
    across, along = abs(u), abs(v)
    if across == along == 0:
        return 0
    t = rounded(min(across, along) / max(across, along))
    t2 = rounded(t * t)
    c = [rounded(k) for k in ARCTANGENT]
    total = c[4]
    for k in (3, 2, 1, 0):
        total = rounded(total * t2 + c[k])
    place = round(rounded(rounded(total * t) * ONE))
    if along > across:
        place = COLORS * ONE // 4 - place
    if u < 0:
        place = COLORS * ONE // 2 - place
    return COLORS * ONE - place if v < 0 else place


def squared(u, v):
    return rounded(u * u + rounded(v * v))


def color_of(u, v, inverse):
    p = place_of(u, v)
    levels = (max(ramp(21 * ONE - p, 6), ramp(p - 36 * ONE, 13)), min(ramp(p, 15), ramp(36 * ONE - p, 11)),
              min(ramp(p - 21 * ONE, 4), ramp(55 * ONE - p, 6)))
    length = root(squared(rounded(u * inverse), rounded(v * inverse)))
    if length > 1:
        return bytes((3 * level // 4 + 32) // 64 for level in levels)
    weight = round(length * 4096)
    return bytes((FULL - (weight * (FULL - level) >> 12) + 32) // 64 for level in levels)


def bits_of(value):
    return struct.unpack("<I", struct.pack("<f", float(value)))[0]


def flow_color(v):
    """The bytes of the colors; others when the lengths have another hash."""
    (w, h), planes = v["src"], v["planes"]
    elements = draw("f32", 2 * w * h, v["seed"])
    pairs = list(zip(elements[0::2], elements[1::2]) if planes == 1 else zip(elements[:w * h], elements[w * h:]))
    counts, longest = [0] * 8192, 0
    for pair in pairs:
        bits = bits_of(squared(*pair))
        counts[min(max((bits >> 15) - (115 << 8), 0), 8191)] += 1
        longest = max(longest, bits)
    if f"{fnv1a(struct.pack('<8193I', *counts, longest)):016x}" != v["lengths_hash"]:
        return b"another hash of the lengths"
    inverse = rounded(1 / v["full_length"])
    return b"".join(color_of(*pair, inverse) for pair in pairs)
