# SPDX-License-Identifier: Apache-2.0
"""fluxel align: known motions are found and undone in every kind of picture; stacks lose noise and what is in few pictures;
borders; what cannot be aligned is told, and nothing is written."""

import json
import math
import os
import unittest

import support
from support import Case, ffmpeg, raw, size, streams, video

# A texture that nothing repeats: noise of two sizes.
TEXTURE = ["-f", "lavfi", "-i", "nullsrc=s=520x400,format=gray,geq=lum='random(1)*255',trim=end_frame=1,split[a][b];"
           "[a]gblur=sigma=1.6[c];[b]gblur=sigma=7[d];[c][d]blend=all_expr='(A-128)*1.6+(B-128)*4+128'",
           "-frames:v", "1"]
MIRRORED = [*TEXTURE, "-vf", "hflip"]


class AlignCase(Case):
    def texture(self, name="align_texture.png", source=TEXTURE):
        return self.clip(name, *source)

    def part(self, name, x, y, *args, extra="", source=None):
        """320 x 240 of the texture from (x, y) on."""
        path = self.path(name)
        ffmpeg("-i", source or self.texture(), "-vf", f"crop=320:240:{x}:{y}{extra}", *args, path)
        return path

    def align(self, *args, **kwargs):
        return self.fluxel("align", "--device", "cpu", *args, **kwargs)

    def found(self, *args, **kwargs):
        return json.loads(self.align(*args, "--json", **kwargs).stdout)["pictures"]

    def deviation(self, a, b):
        """Root mean square difference of two pictures of 8 bits, grey."""
        p, q = raw(a, "-pix_fmt", "gray"), raw(b, "-pix_fmt", "gray")
        self.assertEqual(len(p), len(q))
        return math.sqrt(sum((x - y) ** 2 for x, y in zip(p, q)) / len(p))


class Finds(AlignCase):
    def test_shift(self):
        a, b = self.part("a.png", 100, 80), self.part("b.png", 87, 91)
        for model in ("translation", "similarity", "affine", "homography", "flow"):
            first, second = self.found(a, b, "-o", self.path(f"{model}.png"), "--model", model)
            self.assertEqual(first["matrix"], [1, 0, 0, 0, 1, 0, 0, 0, 1])
            m = second["matrix"]
            for x, y in ((0, 0), (319, 0), (0, 239), (319, 239)):
                w = m[6] * x + m[7] * y + m[8]
                self.assertAlmostEqual((m[0] * x + m[1] * y + m[2]) / w, x + 13, delta=0.05)
                self.assertAlmostEqual((m[3] * x + m[4] * y + m[5]) / w, y - 11, delta=0.05)
            self.assertGreater(second["inliers"], 50)
            self.assertLess(second["residual"], 0.5)

    def test_a_third_of_the_picture(self):
        a, b = self.part("a.png", 10, 80), self.part("b.png", 117, 70)
        m = self.found(a, b, "-o", self.path("o.png"), "--model", "translation")[1]["matrix"]
        self.assertAlmostEqual(m[2], -107, delta=0.05)
        self.assertAlmostEqual(m[5], 10, delta=0.05)

    def test_exposure(self):
        a = self.part("a.png", 100, 80)
        b = self.part("b.png", 95, 86, extra=",lutyuv=y=val*0.35+20")
        m = self.found(a, b, "-o", self.path("o.png"), "--model", "translation")[1]["matrix"]
        self.assertAlmostEqual(m[2], 5, delta=0.05)
        self.assertAlmostEqual(m[5], -6, delta=0.05)

    def test_a_turn(self):
        a, b = self.part("a.png", 100, 80), self.path("b.png")
        ffmpeg("-i", self.texture(), "-vf", "rotate=0.05:bilinear=1,crop=320:240:100:80", b)
        self.align(a, b, "-o", self.path("o.png"), "--model", "similarity", "--crop", "fill")
        self.assertLess(self.deviation(self.path("o.png"), a), 0.4 * self.deviation(b, a))

    def test_another_scene(self):
        a = self.part("a.png", 100, 80)
        b = self.part("b.png", 100, 80, source=self.texture("align_mirrored.png", MIRRORED))
        for options in (["--model", "translation"], ["--model", "flow"], ["--stack", "mean"], ["--crop", "auto"]):
            done = self.align(a, b, "-o", self.path("o.png"), *options, code=3)
            self.assertIn("b.png: cannot be aligned to ", done.text)
            self.assert_one_line(done)
            self.assertFalse(os.path.exists(self.path("o.png")))


class Kinds(AlignCase):
    def test_formats_stay(self):
        for fmt, ending in (("gray16be", "png"), ("rgb48be", "png"), ("rgba", "png"), ("rgba64be", "png"),
                            ("ya8", "png"), ("gbrpf32le", "exr"), ("yuvj420p", "jpg"), ("gray12le", "mkv"),
                            ("yuv422p10le", "mkv")):
            with self.subTest(fmt):
                args = ["-pix_fmt", fmt] + (["-c:v", "ffv1"] if ending == "mkv" else ["-q:v", "1"])
                a = self.part(f"a_{fmt}.{ending}", 100, 80, *args)
                b = self.part(f"b_{fmt}.{ending}", 106, 76, *args)
                out = self.path(f"o_{fmt}.{ending}")
                options = ["--codec", "ffv1"] if ending == "mkv" else []
                m = self.found(a, b, "-o", out, *options)[1]["matrix"]
                self.assertAlmostEqual(m[2], -6, delta=0.1)
                self.assertEqual(video(out)["pix_fmt"], video(a)["pix_fmt"])
                self.assertEqual(size(out), (320, 240))

    def test_outside_is_transparent(self):
        a, b = self.part("a.png", 100, 80, "-pix_fmt", "rgba"), self.part("b.png", 120, 80, "-pix_fmt", "rgba")
        self.align(a, b, "-o", self.path("o.png"), "--model", "translation")
        pixels, of_a = raw(self.path("o.png")), raw(a)
        row = 320 * 4 * 100
        self.assertEqual(pixels[row:row + 19 * 4], bytes(19 * 4))
        self.assertEqual(pixels[row + 24 * 4 + 3], 255)
        differences = [abs(p - q) for p, q in zip(pixels[row + 24 * 4:row + 1280], of_a[row + 24 * 4:row + 1280])]
        self.assertLess(max(differences), 6)

    def test_sizes_may_differ(self):
        a, b = self.part("a.png", 100, 80), self.path("b.png")
        ffmpeg("-i", self.texture(), "-vf", "crop=400:300:70:60", b)
        m = self.found(a, b, "-o", self.path("o.png"))[1]["matrix"]
        self.assertAlmostEqual(m[2], 30, delta=0.1)
        self.assertEqual(size(self.path("o.png")), (320, 240))
        self.assertLess(self.deviation(self.path("o.png"), a), 3)

    def test_a_video(self):
        clip = self.path("drift.mkv")
        ffmpeg("-loop", "1", "-i", self.texture(), "-vf", "crop=320:240:100+3*n:80-2*n,format=yuv420p", "-frames:v",
               "12", "-c:v", "ffv1", clip)
        found = self.found(clip, "-o", self.path("o.mkv"), "--model", "translation", "--crop", "auto", "--codec",
                           "ffv1")
        self.assertEqual([p["frame"] for p in found], list(range(12)))
        for n, p in enumerate(found):
            self.assertAlmostEqual(p["matrix"][2], -3 * n, delta=0.05)
        self.assertEqual(int(streams(self.path("o.mkv"))[0]["nb_read_frames"]), 12)
        width, height = size(self.path("o.mkv"))
        self.assertEqual((width % 2, height % 2), (0, 0))
        self.assertTrue(285 <= width <= 290 and 215 <= height <= 220, (width, height))
        frames = raw(self.path("o.mkv"), "-pix_fmt", "gray")
        one = width * height
        self.assertLess(max(abs(p - q) for p, q in zip(frames[:one], frames[11 * one:])), 12)


class Borders(AlignCase):
    def test_crop_and_fill(self):
        a, b = self.part("a.png", 100, 80), self.part("b.png", 110, 75)
        self.align(a, b, "-o", self.path("cut.png"), "--crop", "auto", "--model", "translation")
        self.assertTrue(309 <= size(self.path("cut.png"))[0] <= 310 and 234 <= size(self.path("cut.png"))[1] <= 235)
        self.align(a, b, "-o", self.path("filled.png"), "--crop", "fill", "--model", "translation")
        self.assertLess(self.deviation(self.path("filled.png"), a), 1)
        self.align(a, b, "-o", self.path("none.png"))
        self.assertEqual(raw(self.path("none.png"))[320 * 239 + 5], 0)

    def test_a_sequence_takes_all(self):
        names = [self.part(f"p{i}.png", 100 + 4 * i, 80) for i in range(3)]
        self.align(*names, "-o", self.path("o%02d.png"), "--crop", "auto")
        sizes = {size(self.path(f"o{i:02d}.png")) for i in (1, 2, 3)}
        self.assertEqual(len(sizes), 1)
        self.assertLess(self.deviation(self.path("o01.png"), self.path("o03.png")), 2)
        self.align(*names, "-o", self.path("whole%d.png"))
        self.assertEqual(raw(self.path("whole1.png")), raw(names[0]))


class Stacks(AlignCase):
    def noisy(self, count, *args, extra=""):
        names = []
        for i in range(count):
            x, y = 100 + (i * 5) % 17, 80 - (i * 7) % 13
            names.append(self.part(f"n{i}.png", x, y, *args, extra=f",noise=all_seed={i + 3}:all_strength=40:"
                                   f"all_flags=t{extra}"))
        return names

    def middle(self, path):
        out = self.path("m_" + os.path.basename(path))
        ffmpeg("-i", path, "-vf", "crop=240:180:40:30", out)
        return out

    def test_noise_falls_with_the_root(self):
        names = self.noisy(16)
        clean = self.middle(self.part("clean.png", 100, 80))
        before = self.deviation(self.middle(names[0]), clean)
        for rule, most in (("mean", 0.28), ("median", 0.35)):  # 1/4, and sqrt(pi/2) times that; and resampling
            self.align(*names, "-o", self.path("s.png"), "--stack", rule, "--model", "translation", "-y")
            self.assertEqual(size(self.path("s.png")), (320, 240))
            after = self.deviation(self.middle(self.path("s.png")), clean)
            self.assertLess(after, most * before, rule)
            self.assertGreater(after, 0.2 * before, rule)

    def test_same_bytes_at_any_thread_count(self):
        names = self.noisy(5, "-pix_fmt", "gray16be")
        for rule in ("mean", "median"):
            for threads in (1, 2):
                self.align(*names, "-o", self.path("s.png"), "--stack", rule, "--threads", threads, "--frame-md5",
                           self.path(f"{rule}{threads}.md5"), "-y")
            self.assertEqual(support.read_md5(self.path(f"{rule}1.md5")), support.read_md5(self.path(f"{rule}2.md5")))
        self.assertEqual(video(self.path("s.png"))["pix_fmt"], "gray16be")

    def test_median_leaves_out_what_passes(self):
        clean = self.part("clean.png", 100, 80)
        names = [self.part(f"t{i}.png", 100, 80, extra=f",drawbox=x={60 * i}:y=90:w=40:h=40:color=white:t=fill")
                 for i in range(5)]
        self.align(*names, "-o", self.path("s.png"), "--stack", "median", "--model", "translation")
        self.assertLess(self.deviation(self.path("s.png"), clean), 1.5)

    def test_a_video_from_standard_input(self):
        clip = self.path("shake.mkv")
        ffmpeg("-loop", "1", "-i", self.texture(), "-vf",
               "crop=320:240:100+2*mod(n*3\\,5):80,noise=all_seed=5:all_strength=40:all_flags=t,format=yuv420p",
               "-frames:v", "9", "-c:v", "ffv1", clip)
        with open(clip, "rb") as f:
            self.align("-", "-o", self.path("s.png"), "--stack", "mean", stdin=f.read())
        clean = self.middle(self.part("clean.png", 100, 80))
        first = self.path("first.png")
        ffmpeg("-i", clip, "-frames:v", "1", "-pix_fmt", "gray", first)
        self.assertLess(self.deviation(self.middle(self.path("s.png")), clean),
                        0.55 * self.deviation(self.middle(first), clean))

    def test_crop(self):
        names = self.noisy(4)
        self.align(*names, "-o", self.path("s.png"), "--stack", "mean", "--crop", "auto", "--model", "translation")
        width, height = size(self.path("s.png"))
        self.assertTrue(300 < width < 312 and 225 < height < 240, (width, height))


class Refuses(AlignCase):
    def refused(self, message, *args, code=2):
        done = self.align(*args, code=code)
        self.assertIn(message, done.text)
        self.assert_one_line(done)

    def test_usage(self):
        a, b = self.part("a.png", 100, 80), self.part("b.png", 110, 75)
        out = self.path("o.png")
        self.refused("name an output", a, b)
        self.refused("--model turned: unknown", a, b, "-o", out, "--model", "turned")
        self.refused("--crop some: unknown", a, b, "-o", out, "--crop", "some")
        self.refused("--stack sum: unknown", a, b, "-o", out, "--stack", "sum")
        self.refused("is one file for 3 pictures", a, b, a, "-o", out)
        self.refused("is the input itself", a, b, "-o", b, "-y")
        self.refused("reads its inputs twice", "-", "-o", out, "--crop", "auto")
        self.refused("no such file", a, self.path("none.png"), "-o", out, code=3)
        self.assertFalse(os.path.exists(out))

    def test_a_damaged_input(self):
        a, b = self.part("a.jpg", 100, 80, "-q:v", 1), self.part("b.jpg", 110, 75, "-q:v", 1)
        with open(a, "rb") as f:
            whole = f.read()
        with open(a, "wb") as f:
            f.write(whole[:len(whole) * 9 // 10])
        for options in ([], ["--keep-partial"]):
            done = self.align(a, b, "-o", self.path("o.png"), *options, code=3)
            self.assertIn("a.jpg is damaged", done.text)
            self.assertIn("nothing was written", done.text)
            self.assertFalse(os.path.exists(self.path("o.png")))
        done = self.align(a, b, "-o", self.path("o.png"), "--allow-damaged")
        self.assertIn("a.jpg is damaged", done.text)
        self.assertEqual(size(self.path("o.png")), (320, 240))

    def test_kinds_that_do_not_go_together(self):
        a, b = self.part("a.png", 100, 80), self.part("b.png", 110, 75, "-pix_fmt", "rgb24")
        self.refused("has other samples", a, b, "-o", self.path("o.png"), "--stack", "mean", code=3)
        self.refused("has other samples", a, b, "-o", self.path("o.png"), "--crop", "fill", code=3)
        self.align(a, b, "-o", self.path("o.png"))


if __name__ == "__main__":
    unittest.main()
