# SPDX-License-Identifier: Apache-2.0
"""Flow, corners and tracked points: which keys a line has and the values they may take."""
import re


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
DENSE = {"quality": one_of("fast", "balanced", "accurate", "best"), "model": one_of("classic"),
         "shift": pair(within(0, 3), within(0, 3)), "masks": one_of("prev", "next", "both"),
         "mask_below": within(1, 255), "range": pair(within(-1, 65535, float), within(-1, 65535, float)),
         "precision": one_of(256), "consistency": within(0, 512, float), "validity_hash": is_hash}

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
                      "iterations": within(1, 1000), "forward_backward": within(0, 1000, float)},
                     {key: DENSE[key] for key in ("mask_below", "range")}),
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
    if "quality" in sometimes and ("quality" in v) == ("model" in v):
        return "not one of quality and model"
    if v["operation"] == "horn_schunck" and any(("model" in v) != (key in v) for key in ("lambda", "iterations")):
        return "lambda and iterations belong to the classic model"
    if ("consistency" in v) != ("validity_hash" in v):
        return "one of consistency and validity_hash"
    if v.get("count", 0) > v.get("max_count", 0):
        return "more corners than max_count"
    return None
