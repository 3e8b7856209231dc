# SPDX-License-Identifier: Apache-2.0
"""fluxel track --format npz and colmap: files as NumPy and COLMAP read them, and matches that a scene in three dimensions
bears out (docs/structure.py renders it)."""

import csv
import math
import os
import struct
import sys
import unittest
import zipfile

from support import Case, ffmpeg, raw, size

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../../docs"))
import structure  # noqa: E402

SCENE = structure.Scene(192, 144, 12)
FRAMES = 7  # of the scene


def read_npy(data):
    """type, shape, and the values as one list."""
    assert data[:8] == b"\x93NUMPY\x01\x00" and len(data[:10 + struct.unpack("<H", data[8:10])[0]]) % 64 == 0
    end = 10 + struct.unpack("<H", data[8:10])[0]
    header = eval(data[10:end], {})  # as NumPy has it: a dictionary
    assert header["fortran_order"] is False and data[end - 1:end] == b"\n"
    code = {"<i4": "i", "<f4": "f", "<f8": "d", "|u1": "B", "|b1": "?"}[header["descr"]]
    return header["descr"], header["shape"], [v for v, in struct.iter_unpack("<" + code, data[end:])]


class Formats(Case):
    def pictures(self):
        pattern = os.path.join(self.clips, "scene%03d.pgm")
        for n in range(FRAMES):
            if not os.path.exists(pattern % (n + 1)):
                with open(pattern % (n + 1), "wb") as f:
                    f.write(SCENE.render(n))
        return pattern

    def track(self, *args, **kwargs):
        return self.fluxel("track", self.pictures(), "--device", "cpu", "--window", 9, *args, **kwargs)

    def rows(self, path):
        with open(path) as f:
            return list(csv.DictReader(f))

    def test_arrays(self):
        self.track("-o", self.path("t.npz"))
        self.track("-o", self.path("t.csv"))
        with zipfile.ZipFile(self.path("t.npz")) as z:
            self.assertIsNone(z.testzip())
            arrays = {name: read_npy(z.read(name)) for name in z.namelist()}
        rows = self.rows(self.path("t.csv"))
        n = len(rows)
        self.assertEqual({name: (a[0], a[1]) for name, a in arrays.items()},
                         {"frame.npy": ("<i4", (n,)), "id.npy": ("<i4", (n,)), "xy.npy": ("<f4", (n, 2)),
                          "error.npy": ("<f4", (n,)), "status.npy": ("|u1", (n,)), "new.npy": ("|b1", (n,)),
                          "time.npy": ("<f8", (n,)), "size.npy": ("<i4", (2,))})
        values = {name[:-4]: a[2] for name, a in arrays.items()}
        self.assertEqual(values["size"], [192, 144])
        self.assertEqual(values["frame"], [int(r["frame"]) for r in rows])
        self.assertEqual(values["id"], [int(r["id"]) for r in rows])
        as_float = [struct.unpack("f", struct.pack("f", float(r[c])))[0] for r in rows for c in "xy"]
        self.assertEqual(values["xy"], as_float)
        self.assertEqual(values["new"], [r["status"] == "new" for r in rows])
        self.assertEqual([s == 0 for s in values["status"]], [r["status"] in ("new", "tracked") for r in rows])
        for time, r in zip(values["time"], rows):
            self.assertAlmostEqual(time, float(r["time"]), delta=1e-6)

    def read_features(self, name):
        with open(self.path(f"scene/features/{name}.txt")) as f:
            lines = f.read().splitlines()
        count, dimensions = map(int, lines[0].split())
        self.assertEqual(dimensions, 128)
        rows = [line.split() for line in lines[1:]]
        self.assertEqual(len(rows), count)
        for row in rows:
            self.assertEqual(row[2:], ["1", "0"] + ["0"] * 128)
        return [(float(row[0]) - 0.5, float(row[1]) - 0.5) for row in rows]  # COLMAP counts from the corner

    def read_matches(self):
        """(image, image) -> pairs of indices."""
        with open(self.path("scene/matches.txt")) as f:
            blocks = f.read().split("\n\n")
        self.assertEqual(blocks.pop(), "")
        matches = {}
        for block in blocks:
            head, *lines = block.split("\n")
            key = tuple(head.split())
            self.assertNotIn(key, matches)
            matches[key] = [tuple(map(int, line.split())) for line in lines]
        return matches

    def test_colmap(self):
        self.track("-o", self.path("scene"), "--format", "colmap")
        names = [f"frame{n + 1:06d}.png" for n in range(FRAMES)]
        self.assertEqual(sorted(os.listdir(self.path("scene"))), ["features", "images", "matches.txt"])
        self.assertEqual(sorted(os.listdir(self.path("scene/images"))), names)
        self.assertEqual(sorted(os.listdir(self.path("scene/features"))), [name + ".txt" for name in names])
        for n, name in enumerate(names):
            self.assertEqual(raw(self.path(f"scene/images/{name}"), "-pix_fmt", "gray"), SCENE.render(n)[-192 * 144:])
        features = {name: self.read_features(name) for name in names}
        self.track("-o", self.path("t.csv"))
        for n, name in enumerate(names):
            wanted = sorted((int(r["id"]), float(r["x"]), float(r["y"])) for r in self.rows(self.path("t.csv"))
                            if int(r["frame"]) == n and r["status"] in ("new", "tracked"))
            self.assertEqual(len(features[name]), len(wanted))
            for (x, y), (_, u, v) in zip(features[name], wanted):
                self.assertLess(max(abs(x - u), abs(y - v)), 1e-4)
        matches = self.read_matches()
        self.assertEqual(set(matches), {(a, b) for i, a in enumerate(names) for b in names[i + 1:]})
        # What a point of the first image shows is where its match is in the second one.
        for (a, b), pairs in matches.items():
            self.assertGreaterEqual(len(pairs), 16)
            self.assertEqual(len(set(i for i, _ in pairs)), len(pairs))
            self.assertEqual(len(set(j for _, j in pairs)), len(pairs))
            off = []
            for i, j in pairs:
                point, _ = SCENE.hit(names.index(a), *features[a][i])
                x, y = SCENE.project(names.index(b), point)
                off.append(math.hypot(x - features[b][j][0], y - features[b][j][1]))
            off.sort()
            apart = names.index(b) - names.index(a)
            self.assertLess(off[len(off) // 2], 0.15 + 0.15 * apart, (a, b))

    def test_color_stays_and_words_become_bytes(self):
        clip = self.path("deep.mkv")
        ffmpeg("-i", self.pictures(), "-vf", "format=gbrp10le", "-c:v", "ffv1", clip)
        self.fluxel("track", clip, "--device", "cpu", "-o", self.path("color/"), "--format", "colmap")
        image = self.path("color/images/frame000001.png")
        self.assertEqual(size(image), (192, 144))
        differences = [abs(p - q) for p, q in zip(raw(image, "-pix_fmt", "gray"), SCENE.render(0)[-192 * 144:])]
        self.assertLess(max(differences), 3)

    def test_refuses(self):
        done = self.track("-o", self.path("t.csv"), "--format", "ply", code=2)
        self.assertIn("--format ply: choose csv, jsonl, npz or colmap", done.text)
        done = self.track("-o", self.path("t.xyz"), code=2)
        self.assertIn("the ending chooses the kind of list: .csv, .jsonl or .npz", done.text)
        self.assertIn("standard output", self.track("-o", "-", "--format", "npz", code=2).text)
        os.mkdir(self.path("full"))
        with open(self.path("full/mine.txt"), "w") as f:
            f.write("kept")
        done = self.track("-o", self.path("full"), "--format", "colmap", "-y", code=5)
        self.assertIn("it exists; name a new folder", done.text)
        self.assertEqual(os.listdir(self.path("full")), ["mine.txt"])
        os.mkdir(self.path("empty"))
        self.track("-o", self.path("empty"), "--format", "colmap")
        self.assertEqual(len(os.listdir(self.path("empty/images"))), FRAMES)


if __name__ == "__main__":
    unittest.main()
