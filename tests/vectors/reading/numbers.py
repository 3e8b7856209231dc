# SPDX-License-Identifier: Apache-2.0
"""What README.md says of inputs, elements and hashes."""
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


def to_bytes(v, elements):
    kind = v["type"]
    if kind in FLOAT:
        elements = [encode(e, kind) for e in elements]
    zeros = v.get("low_zero_bits", 0)
    return b"".join((e << zeros).to_bytes(ELEMENT[kind] // 8, "little") for e in elements)
