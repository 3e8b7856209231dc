# SPDX-License-Identifier: Apache-2.0
"""Where outputs lie on the source axis."""
import math
from fractions import Fraction


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


def zero_edged(i, factor):
    """Index (from -1) and fraction of output i when zeros surround the image."""
    p = Fraction(2 * i + 1 - factor, 2 * factor)
    index = math.floor(p)
    return index, math.floor((p - index) * 2**32)
