# SPDX-License-Identifier: Apache-2.0
"""fluxel compare of flows: what it prints, unknown pixels, both kinds of files, and what it refuses."""

import json
import math
import os
import struct
import unittest

from support import *

UNKNOWN = 1e10


def write_flo(path, width, height, vectors):
    with open(path, "wb") as f:
        f.write(struct.pack("<fii", 202021.25, width, height))
        f.write(struct.pack(f"<{2 * width * height}f", *(c for v in vectors for c in v)))


def write_kitti(path, width, height, vectors):
    """As the benchmark's own tools: 0 in the third channel where the flow is unknown."""
    words = []
    for u, v in vectors:
        words += [0, 0, 0] if u == UNKNOWN else [round(u * 64) + 2**15, round(v * 64) + 2**15, 1]
    ffmpeg("-f", "rawvideo", "-pix_fmt", "rgb48be", "-s", f"{width}x{height}", "-i", "-", "-pix_fmt", "rgb48be", path,
           stdin=struct.pack(f">{len(words)}H", *words))


class Compare(Case):
    def flow(self, name, vectors, width=4):
        write = write_kitti if name.endswith(".png") else write_flo
        write(self.path(name), width, len(vectors) // width, vectors)
        return self.path(name)

    def compare(self, *args, **kwargs):
        return self.fluxel("compare", *args, **kwargs)

    def measured(self, *args):
        return json.loads(self.compare(*args, "--json").stdout)

    def test_numbers(self):
        truth = self.flow("t.flo", [(0, 0), (0, 0), (0, 0), (0, 0)])
        estimate = self.flow("e.flo", [(0, 0), (0.75, 0), (0, 1.5), (3, 4)])
        m = self.measured(estimate, truth)
        self.assertAlmostEqual(m["epe"], 7.25 / 4)
        self.assertAlmostEqual(m["aae"], sum(map(math.degrees, map(math.atan, [0, 0.75, 1.5, 5]))) / 4)
        self.assertEqual([m[k] for k in ("r0.5", "r1", "r2", "a95", "density", "pixels")], [0.75, 0.5, 0.25, 5, 1, 4])
        text = self.compare(estimate, truth).stdout.decode()
        for line in ["EPE      1.8125 px", "R0.5     75.00 %", "A95      5.000 px", "density  100.00 % (4 pixels"]:
            self.assertIn(line, text)

    def test_unknown_pixels(self):
        truth = self.flow("t.flo", [(1, 1), (UNKNOWN, UNKNOWN), (math.nan, 0), (1, 1)])
        m = self.measured(self.flow("e.flo", [(1, 1), (9, 9), (9, 9), (UNKNOWN, UNKNOWN)]), truth)
        self.assertEqual((m["epe"], m["density"], m["pixels"]), (0, 0.5, 1))

    def test_kitti_files(self):
        vectors = [(1.5, -2.25), (UNKNOWN, UNKNOWN), (-512, 511.984375), (0, 0.015625)]
        flo, png = self.flow("a.flo", vectors), self.flow("a.png", vectors)
        for a, b in [(flo, png), (png, flo), (png, png)]:
            m = self.measured(a, b)
            self.assertEqual((m["epe"], m["density"], m["pixels"]), (0, 1, 3))

    def test_thresholds(self):
        truth, estimate = self.flow("t.flo", [(0, 0)] * 4), self.flow("e.flo", [(1, 0)] * 4)
        self.compare(estimate, truth, "--max-epe", 1, "--max-aae", 45.001)
        done = self.compare(estimate, truth, "--max-epe", "0.99", code=1)
        self.assertIn("EPE 1.0000 is above --max-epe 0.99", done.text)
        self.assertIn(b"EPE      1.0000 px", done.stdout)
        self.assertIn("AAE", self.compare(estimate, truth, "--max-aae", 44, code=1).text)
        self.compare(estimate, truth, "--max-epe", -1, code=2)
        self.assertIn("for pictures", self.compare(estimate, truth, "--min-psnr", 30, code=2).text)
        rows = self.compare(estimate, truth, "--csv").stdout.decode().splitlines()
        self.assertEqual(dict(zip(*(r.split(",") for r in rows)))["epe"], "1")

    def test_refusals(self):
        truth, wide = self.flow("t.flo", [(0, 0)] * 4), self.flow("w.flo", [(0, 0)] * 4, width=2)
        unknown = self.flow("u.flo", [(UNKNOWN, UNKNOWN)] * 4)
        picture = self.clip("p.png", *test_source("4x4"), "-frames:v", 1)
        with open(truth, "rb") as f:
            whole = f.read()
        for name, data in [("short.flo", whole[:-1]), ("size.flo", whole[:4] + struct.pack("<ii", -1, 4) + whole[12:]),
                           ("huge.flo", whole[:4] + struct.pack("<ii", 60000, 60000)), ("text.flo", b"flow"),
                           ("empty.flo", b"")]:
            with open(self.path(name), "wb") as f:
                f.write(data)
        for estimate, words in [(self.path("none.flo"), "no such file"), (self.folder, "is a folder"),
                                (wide, "same size"), (unknown, "no pixel is known"), (picture, "16 bits"),
                                (self.path("short.flo"), "ends early"), (self.path("size.flo"), "names no size"),
                                (self.path("huge.flo"), "ends early"), (self.path("text.flo"), "neither a .flo"),
                                (self.path("empty.flo"), "neither a .flo")]:
            done = self.compare(estimate, truth, code=3)
            self.assert_one_line(done)
            self.assertIn(words, done.text)
        self.assertEqual(self.compare(truth, "/dev/null", code=3).stdout, b"")
        self.compare(truth, code=2)


if __name__ == "__main__":
    unittest.main()
