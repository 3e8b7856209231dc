# SPDX-License-Identifier: Apache-2.0
"""How fluxel flow may be told to compute and to draw: reduced frames, masks, the floor of the colors, cuts, EXR."""

import json
import os
import struct
import unittest

from support import *

WIDTH, HEIGHT = 160, 96
SHIFT = (6, -3)  # px per frame
TEXTURE = "128+40*sin({x}/6+{y}/11)+40*sin({y}/5-{x}/9)+25*sin(({x}+{y})/14)"


def read_flo(path):
    with open(path, "rb") as f:
        data = f.read()
    width, height = struct.unpack("<ii", data[4:12])
    values = struct.unpack(f"<{2 * width * height}f", data[12:])
    return width, height, list(zip(values[::2], values[1::2]))


class FlowOptions(Case):
    def made(self, name, frames, luma, *filters):
        """A clip of grey frames whose levels are a formula of X, Y and the frame's number N."""
        made = [f"nullsrc={WIDTH}x{HEIGHT}:rate=25", "format=gray", f"geq=lum='{luma}'", *filters]
        return self.clip(name, "-f", "lavfi", "-i", ",".join(made), "-frames:v", frames, "-c:v", "ffv1")

    def moving(self, frames=4):
        texture = TEXTURE.format(x=f"(X-{SHIFT[0]}*N)", y=f"(Y+{-SHIFT[1]}*N)")
        return self.made(f"moving{frames}.mkv", frames, texture)

    def pair(self):
        source = self.moving()
        return [self.clip(f"p{n}.png", "-i", source, "-vf", f"select=eq(n\\,{n})", "-frames:v", 1) for n in (0, 1)]

    def mask(self, luma="255*gte(X,64)", size_=f"{WIDTH}x{HEIGHT}", name="mask.png", form="gray"):
        """By default black in the left 64 columns."""
        return self.clip(name, "-f", "lavfi", "-i", f"nullsrc={size_},format=gray,geq=lum='{luma}',format={form}",
                         "-frames:v", 1)

    def flow(self, *args, **kwargs):
        return self.fluxel("flow", *args, "--device", "cpu", "-y", **kwargs)

    def refuse(self, code, words, *args):
        done = self.flow(*args, code=code)
        self.assert_one_line(done)
        self.assertIn(words, done.text)
        self.assertEqual(os.listdir(self.folder), [])

    def assert_moves(self, path, delta=0.3):
        width, height, vectors = read_flo(path)
        self.assertEqual((width, height), (WIDTH, HEIGHT))
        inner = [vectors[y * WIDTH + x] for y in range(16, HEIGHT - 16) for x in range(16, WIDTH - 16)]
        for c in range(2):
            self.assertAlmostEqual(sum(v[c] for v in inner) / len(inner), SHIFT[c], delta=delta)

    def test_reduced_frames(self):
        self.flow(*self.pair(), "-o", self.path("full.flo"))
        self.assert_moves(self.path("full.flo"))
        for scale in (0.5, 0.3, 1):
            self.flow(*self.pair(), "-o", self.path("a.flo"), "--compute-scale", scale)
            self.assert_moves(self.path("a.flo"))
            same = read_flo(self.path("a.flo")) == read_flo(self.path("full.flo"))
            self.assertEqual(same, scale == 1)

    def test_reduced_frames_of_unlike_factors(self):
        """Sides are rounded: each component is scaled by its own axis."""
        self.flow(*self.pair(), "-o", self.path("a.flo"), "--compute-scale", 0.263)  # 42 x 25
        small = [self.clip(f"small{i}.mkv", "-i", p, "-vf", "scale=42:25:flags=bilinear", "-c:v", "ffv1", "-pix_fmt",
                           "gray") for i, p in enumerate(self.pair())]
        self.flow(*small, "-o", self.path("small.flo"))
        width, height, vectors = read_flo(self.path("small.flo"))
        self.assertEqual((width, height), (42, 25))
        means = [[sum(v[c] for v in field) / len(field) for c in range(2)]
                 for field in (vectors, read_flo(self.path("a.flo"))[2])]
        for c, factor in enumerate((WIDTH / 42, HEIGHT / 25)):
            self.assertAlmostEqual(means[1][c], means[0][c] * factor, delta=0.1)

    def test_reduced_frames_in_every_output(self):
        for pixel_format in ("gray", "gray16be", "rgb24", "grayf32le"):
            # FFmpeg 5.1 writes PFM from the top, which stands upside down.
            ending, turn = ("pfm", ["-vf", "vflip"]) if pixel_format == "grayf32le" else ("png", [])
            pictures = [self.clip(f"{pixel_format}{i}.{ending}", "-i", p, *turn, "-pix_fmt", pixel_format)
                        for i, p in enumerate(self.pair())]
            self.flow(*pictures, "-o", self.path("a.flo"), "--compute-scale", 0.5)
            self.assert_moves(self.path("a.flo"))
        self.flow(self.moving(), "-o", self.path("f%d.flo"), "--compute-scale", 0.5, "--validity",
                  self.path("v%d.png"), "--frame-md5", self.path("sums"))
        for n in (1, 2, 3):
            self.assert_moves(self.path(f"f{n}.flo"))
            self.assertEqual(size(self.path(f"v{n}.png")), (WIDTH, HEIGHT))
        reasons = raw(self.path("v1.png"))
        self.assertEqual((reasons[48 * WIDTH + 80], reasons[48 * WIDTH + WIDTH - 1]), (0, 2))
        self.flow(self.moving(), "-o", self.path("a.mkv"), "--compute-scale", 0.5, "--frame-md5", self.path("drawn"))
        self.assertEqual(size(self.path("a.mkv")), (WIDTH, HEIGHT))
        self.assertEqual(read_md5(self.path("drawn")), read_md5(self.path("sums")))
        for scale in (0, 1.5, -1, "nan"):
            self.assertIn("--compute-scale", self.flow(*self.pair(), "-o", self.path("a.flo"), "--compute-scale", scale,
                                                       code=2).text)

    def test_mask(self):
        for args in ([], ["--method", "lucas-kanade"], ["--compute-scale", 0.5]):
            self.flow(*self.pair(), "-o", self.path("a.flo"), "--mask", self.mask(), "--mask-invalid", "--validity",
                      self.path("v.png"), *args)
            reasons, vectors = raw(self.path("v.png")), read_flo(self.path("a.flo"))[2]
            for y in range(HEIGHT):
                for x in range(64):
                    self.assertEqual(reasons[y * WIDTH + x], 1)
                    self.assertGreater(vectors[y * WIDTH + x][0], 1e9)
            self.assertEqual(reasons[48 * WIDTH + 100], 0)
            for c in range(2):
                self.assertAlmostEqual(vectors[48 * WIDTH + 100][c], SHIFT[c], delta=0.5)

    def test_what_is_masked_does_not_count(self):
        """Other pixels under the mask, the same flow."""
        mask = self.mask()
        others = [self.clip(f"other{i}.png", "-i", p, "-vf", f"drawbox=0:0:64:{HEIGHT}:{color}:fill", "-pix_fmt", "gray")
                  for i, (p, color) in enumerate(zip(self.pair(), ("white", "black")))]
        for args in ([], ["--compute-scale", 0.4]):
            results = []
            for pictures, given in ((self.pair(), ["--mask", mask]), (others, ["--mask", mask]), (others, [])):
                self.flow(*pictures, "-o", self.path("a.flo"), *given, *args)
                results.append(read_flo(self.path("a.flo")))
            self.assertEqual(results[0], results[1])
            self.assertNotEqual(results[0], results[2])

    def test_masks_of_videos_and_of_every_kind(self):
        self.flow(self.moving(), "-o", self.path("f%d.flo"), "--mask", self.mask(), "--mask-invalid")
        wanted = [read_flo(self.path(f"f{n}.flo")) for n in (1, 2, 3)]
        for field in wanted:
            self.assertGreater(field[2][48 * WIDTH + 20][0], 1e9)
            self.assertLess(field[2][48 * WIDTH + 100][0], 10)
        for form, ending in (("rgb24", "png"), ("gray16be", "png"), ("grayf32le", "pfm")):
            other = self.mask(name=f"{form}.{ending}", form=form)
            self.flow(self.moving(), "-o", self.path("o%d.flo"), "--mask", other, "--mask-invalid")
            self.assertEqual([read_flo(self.path(f"o{n}.flo")) for n in (1, 2, 3)], wanted, form)
        dark = self.mask("gte(X,64)", name="dark.png")  # 0 and 1: only 0 is black
        self.flow(self.moving(), "-o", self.path("o%d.flo"), "--mask", dark, "--mask-invalid")
        self.assertEqual([read_flo(self.path(f"o{n}.flo")) for n in (1, 2, 3)], wanted)
        grey = self.mask("40+100*gte(X,64)", name="grey.png")  # less than half as bright is dark, as for corners
        self.flow(self.moving(), "-o", self.path("o%d.flo"), "--mask", grey, "--mask-invalid")
        self.assertEqual([read_flo(self.path(f"o{n}.flo")) for n in (1, 2, 3)], wanted)

    def test_masks_that_are_refused(self):
        small = self.mask(size_="32x32", name="small.png")
        self.refuse(3, f"--mask {small} is 32x32", *self.pair(), "-o", self.path("a.flo"), "--mask", small)
        self.refuse(3, f"--mask {small} is 32x32", self.moving(), "-o", self.path("a.mkv"), "--mask", small,
                    "--compute-scale", 0.5)
        self.refuse(3, "--mask", *self.pair(), "-o", self.path("a.flo"), "--mask", self.path("none.png"))
        self.refuse(3, "--mask", *self.pair(), "-o", self.path("a.flo"), "--mask", self.moving())
        mask = self.mask(name="kept.png")
        self.refuse(2, "is the input itself", *self.pair(), "-o", mask, "--mask", mask)

    def still(self):
        return self.made("still.mkv", 4, TEXTURE.format(x="X", y="Y"), "noise=alls=5:allf=t")

    def test_noise_of_still_pictures_stays_nearly_white(self):
        first, second = (self.clip(f"s{n}.png", "-i", self.still(), "-vf", f"select=eq(n\\,{n})", "-frames:v", 1)
                         for n in (0, 1))
        for inputs, name in ([self.still()], "c%d.png"), ([first, second], "c1.png"):
            means = []
            for args, told in ([], "full color at 1 px"), (["--min-flow-scale", 4], "full color at 4 px"), (
                    ["--min-flow-scale", 0], "full color at 0."):
                done = self.flow(*inputs, "-o", self.path(name), *args)
                self.assertIn(told, done.text)
                pixels = raw(self.path("c1.png"))
                means.append(sum(pixels) / len(pixels))
            self.assertGreater(means[0], 225)
            self.assertGreater(means[1], 248)
            self.assertLess(means[2], means[0] - 1)
        for words, args in (("--min-flow-scale", ["--min-flow-scale", -1]),
                            ("goes without --max-flow", ["--min-flow-scale", 2, "--max-flow", 3])):
            self.assertIn(words, self.flow(*inputs, "-o", self.path("c1.png"), *args, code=2).text)

    def test_motion_is_drawn_as_before(self):
        self.assertRegex(self.flow(*self.pair(), "-o", self.path("c.png")).text, r"full color at [67]\.\d* px")

    def joined(self, name, *parts):
        """A clip of parts, each a formula and how many frames it lasts."""
        with open(os.path.join(self.clips, name + ".txt"), "w") as f:
            for i, (luma, frames) in enumerate(parts):
                f.write(f"file '{self.made(f'{name}-{i}.mkv', frames, luma)}'\n")
        return self.clip(name, "-f", "concat", "-safe", 0, "-i", f.name, "-c", "copy")

    def scene(self, name):
        """Textures that move, and white."""
        return {"a": TEXTURE.format(x="(X-6*N)", y="(Y+3*N)"),
                "b": "60+50*sin(X/15-N/4)*sin(Y/9)",
                "flash": "255", "rush": TEXTURE.format(x="(X-31*N)", y="(Y+23*N)")}[name]

    def cuts(self, source, *args):
        done = self.flow(source, "-o", self.path("c.mkv"), "--quality", "fast", "--json", *args)
        told = json.loads(done.stdout)
        notes = [line for line in done.text.splitlines() if "cut" in line]
        self.assertEqual(notes, ["fluxel: " + note for note in told["notes"] if "cut" in note])
        return told["cuts"], notes

    def test_range(self):
        # 511 of 65,536 levels.
        thermal = self.clip("thermal.mkv", "-i", self.moving(), "-vf", "format=gray16le,geq=lum='29000+2*p(X,Y)/257'",
                            "-pix_fmt", "gray16le", "-c:v", "ffv1")
        for wrong in ("5:3", "5", "5:9x", "some"):
            self.refuse(2, f"--range {wrong}: write auto, full, or LOW:HIGH", thermal, "-o", self.path("o%d.flo"),
                        "--range", wrong)

        def flow(source, *args):
            self.flow(source, "-o", self.path("f%d.flo"), "-y", *args)
            return read_flo(self.path("f1.flo"))
        def error(result):
            width, height, vectors = result
            inside = [vectors[y * width + x] for y in range(20, height - 20) for x in range(20, width - 20)]
            return sum(((u - SHIFT[0]) ** 2 + (v - SHIFT[1]) ** 2) ** 0.5 for u, v in inside) / len(inside)
        self.assertLess(error(flow(thermal)), 0.1)
        self.assertLess(error(flow(thermal, "--range", "29000:29510")), 0.1)
        self.assertGreater(error(flow(thermal, "--range", "full")), 2 * error(flow(thermal)))
        self.assertTrue(flow(self.moving(), "--range", "full") == flow(self.moving()))  # 8 bits: all of them

    def test_cuts_are_noted(self):
        a, b = self.scene("a"), self.scene("b")
        note = "fluxel: a cut, or motion out of reach, before frame 4 (counted from 0): the flow there is no motion"
        one = self.joined("one.mkv", (a, 4), (b, 4))
        self.assertEqual(self.cuts(one), ([4], [note]))
        for pixel_format in ("rgb24", "gray10le"):
            other = self.clip(f"cut-{pixel_format}.mkv", "-i", one, "-pix_fmt", pixel_format, "-c:v", "ffv1")
            self.assertEqual(self.cuts(other)[0], [4], pixel_format)
        slow = self.joined("slow.mkv", (TEXTURE.format(x="(X-N)", y="Y"), 4), (b, 4))
        self.assertEqual(self.cuts(slow, "--every", 2)[0], [2])  # frames that are measured count
        self.assertEqual(self.cuts(self.joined("more.mkv", (a, 1), (b, 3), (a, 2), (b, 1)))[0], [1, 4, 6])
        self.assertEqual(self.flow(one, "-o", self.path("c.mkv"), "--quiet").text, "")
        done = self.flow(one, "-o", self.path("f%d.flo"))  # whatever is written
        self.assertIn(note, done.text)

        self.assertEqual(self.cuts(self.joined("two.mkv", (a, 1), (b, 1)))[0], [1])
        self.assertEqual(self.cuts(self.joined("flash.mkv", (a, 3), (self.scene("flash"), 1), (a, 3)))[0], [3, 4])
        self.assertEqual(self.cuts(one, "--validity-cut-score", 0), ([], []))

    def test_what_is_no_cut(self):
        a = self.scene("a")
        for name, parts in {"calm.mkv": [(a, 6)], "fade.mkv": [(f"({a})*(1-N/8)", 6)]}.items():
            self.assertEqual(self.cuts(self.joined(name, *parts)), ([], []), name)

    def test_start_from_previous_begins_anew_after_a_cut(self):
        one = self.joined("three-of-each.mkv", (self.scene("a"), 3), (self.scene("b"), 3))
        self.flow(one, "-o", self.path("z%d.flo"))
        self.flow(one, "-o", self.path("p%d.flo"), "--start-from", "previous")
        self.assertEqual(read_flo(self.path("z4.flo")), read_flo(self.path("p4.flo")))  # the first after the cut

    def test_no_cuts_of_two_pictures(self):
        done = self.flow(*self.pair(), "-o", self.path("c.png"), "--json")
        self.assertNotIn("cuts", json.loads(done.stdout))

    def exr(self, path):
        """R, G, B of every pixel. FFmpeg decodes planes G, B, R."""
        self.assertEqual(video(path)["pix_fmt"], "gbrpf32le")
        planes = struct.unpack(f"<{3 * WIDTH * HEIGHT}f", raw(path))
        g, b, r = (planes[i * WIDTH * HEIGHT:(i + 1) * WIDTH * HEIGHT] for i in range(3))
        return list(zip(r, g, b))

    def test_vectors_in_openexr(self):
        self.flow(self.moving(), "-o", self.path("f%d.flo"))
        self.flow(self.moving(), "-o", self.path("f%d.exr"))
        for n in (1, 2, 3):
            wanted = [(u, v, 1) for u, v in read_flo(self.path(f"f{n}.flo"))[2]]
            self.assertTrue(self.exr(self.path(f"f{n}.exr")) == wanted)
        masked = ["--mask", self.mask(), "--mask-invalid"]
        self.flow(*self.pair(), "-o", self.path("m.flo"), *masked)
        self.flow(*self.pair(), "-o", self.path("m.bin"), "--format", "exr", *masked)
        os.rename(self.path("m.bin"), self.path("m.exr"))
        wanted = [(0, 0, 0) if u > 1e9 else (u, v, 1) for u, v in read_flo(self.path("m.flo"))[2]]
        self.assertTrue(self.exr(self.path("m.exr")) == wanted)
        done = self.flow(*self.pair(), "-o", self.path("a.exr"), "--format", "color", code=2)
        self.assertIn(".exr holds none", done.text)
        done = self.flow(self.moving(), "-o", self.path("a.exr"), code=2)
        self.assertIn("a sequence such as flow%04d.exr", done.text)


if __name__ == "__main__":
    unittest.main()
