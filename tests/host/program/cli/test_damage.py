# SPDX-License-Identifier: Apache-2.0
"""Inputs that are damaged or cut off: said, exit status 3, nothing written unless it is asked for."""

import os
import subprocess
import time
import unittest

from support import *


class Damage(Case):
    def whole(self, name):
        options = {"jpg": ["-frames:v", 1, "-q:v", 2], "png": ["-frames:v", 1], "tif": ["-frames:v", 1],
                   "bmp": ["-frames:v", 1]}.get(name.split(".")[-1], [*X264, "-movflags", "faststart"])
        return self.clip(name, *test_source("160x120", 25, 4), *options)

    def cut(self, name, percent):
        with open(self.whole(name), "rb") as f:
            data = f.read()
        path = self.path(f"cut{percent}.{name.split('.')[-1]}")
        with open(path, "wb") as f:
            f.write(data[:len(data) * percent // 100])
        return path

    def test_nothing_is_written(self):
        for name in ["a.jpg", "a.png", "a.tif", "a.bmp", "a.mp4", "a.mkv", "a.mov", "a.flv"]:
            self.resize(self.whole(name), self.path("good.png" if name[2:] in ("jpg", "png", "tif", "bmp") else "good.mp4"),
                        "--scale", "0.5", "-y", *([] if name[2:] in ("jpg", "png", "tif", "bmp") else FAST))
            for percent in [10, 40, 60, 90]:
                source = self.cut(name, percent)
                for options in [[], ["--quiet"]]:
                    with self.subTest(name=name, percent=percent, options=options):
                        for old in ("out.png", "out.mp4"):
                            if os.path.exists(self.path(old)):
                                os.remove(self.path(old))
                        target = self.path("out.png" if name[2:] in ("jpg", "png", "tif", "bmp") else "out.mp4")
                        done = self.resize(source, target, "--scale", "0.5", *options, code=3)
                        self.assertIn("fluxel: " + source, done.text)
                        self.assertFalse(os.path.exists(target))

    def test_what_was_missing_is_said(self):
        done = self.resize(self.cut("a.mp4", 50), self.path("o.mp4"), "--scale", "0.5", code=3, )
        self.assertRegex(done.text, "of 100 frames, [0-9]+ were there")
        done = self.resize(self.cut("a.mkv", 50), self.path("o.mp4"), "--scale", "0.5", code=3)
        self.assertRegex(done.text, r"of 4\.00 s, [0-9.]+ s were there \([0-9]+ frames\)")
        done = self.resize(self.cut("a.jpg", 60), self.path("o.png"), "--scale", "0.5", code=3)
        self.assertIn("the picture is incomplete", done.text)

    def test_what_was_there_is_kept_on_request(self):
        for options, code in [(["--keep-partial"], 3), (["--allow-damaged"], 0), (["--allow-damaged", "--quiet"], 0)]:
            done = self.resize(self.cut("a.mp4", 50), self.path("o.mp4"), "--scale", "0.5", *options, "-y", *FAST, code=code)
            self.assertIn("is damaged: of 100 frames", done.text)
            counted = int(video(self.path("o.mp4"))["nb_read_frames"])
            self.assertTrue(20 < counted < 80, counted)
        self.resize(self.cut("a.jpg", 60), self.path("o.png"), "--scale", "0.5", "--allow-damaged")
        self.assertEqual(size(self.path("o.png")), (80, 60))

    def test_a_part_of_a_whole_file_is_not_damage(self):
        for options in [["--start", 1], ["--to", 2], ["--duration", 1], ["--no-audio"]]:
            self.resize(self.whole("a.mp4"), self.path("o.mp4"), "--scale", "0.5", *options, "-y", *FAST)

    def test_a_sequence_is_never_its_own_output(self):
        self.clip("s1.png", *test_source("32x32", 5), "-frames:v", 1)
        for i in range(5):
            os.link(os.path.join(self.clips, "s1.png"), self.path(f"f{i}.png"))
        os.symlink(self.folder, self.path("link"))
        for source, target in [("f%d.png", "f%d.png"), ("f%d.png", "link/f%d.png"), ("f2.png", "f%d.png"),
                               ("f%d.png", "f3.png"), ("f%d.png", "./f%d.png")]:
            done = self.resize(self.path(source), self.path(target), "--scale", "0.5", "-y", code=2)
            self.assertIn("is the input itself", done.text)
        self.resize(self.path("f%d.png"), self.path("g%d.png"), "--scale", "0.5")

    def test_leftovers_of_killed_runs_go(self):
        names = {".fluxel-01234567-o.mp4": 2, ".fluxel-89abcdef-o.mp4": 0, ".fluxel-01234567-other.mp4": 2}
        for name, days in names.items():
            with open(self.path(name), "w") as f:
                f.write("x")
            os.utime(self.path(name), (time.time() - days * 86400,) * 2)
        subprocess.run([FLUXEL, "resize", self.whole("a.mp4"), self.path("o.mp4"), "--scale", "0.5", *FAST], check=True,
                       stderr=subprocess.DEVNULL)
        self.assertEqual(sorted(os.listdir(self.folder)), [".fluxel-01234567-other.mp4", ".fluxel-89abcdef-o.mp4", "o.mp4"])


class Alpha(Case):
    """WebM keeps alpha beside the pictures; only libvpx reads and writes it."""

    def source(self, codec):
        return self.clip(codec + ".webm", "-f", "lavfi", "-i",
                         "color=red:size=64x64:rate=10:duration=0.5,format=yuva420p,geq=lum=81:cb=90:cr=240:"
                         "a='if(lt(X,32),255,0)'", "-c:v", codec, "-auto-alt-ref", 0, "-pix_fmt", "yuva420p")

    def alpha(self, path, *decoder):
        pixels = ffmpeg(*decoder, "-i", path, "-frames:v", 1, "-vf", "format=rgba,alphaextract,format=gray", "-f",
                        "rawvideo", "-")
        return pixels[32 * 10 + 4], pixels[32 * 10 + 28]

    def test_it_is_kept_or_its_loss_is_said(self):
        for codec in ["libvpx-vp9", "libvpx"]:
            source = self.source(codec)
            self.resize(source, self.path("a.webm"), "--size", "32x32", "-y")
            self.assertEqual(self.alpha(self.path("a.webm"), "-c:v", "libvpx-vp9"), (255, 0))
            self.resize(source, self.path("b.webm"), "--size", "32x32", "-y", "--codec", "libvpx")
            self.assertEqual(self.alpha(self.path("b.webm"), "-c:v", "libvpx"), (255, 0))
            self.resize(source, self.path("a.png"), "--size", "32x32", "-y")
            self.assertEqual(self.alpha(self.path("a.png")), (255, 0))
            done = self.resize(source, self.path("a.mp4"), "--size", "32x32", "-y")
            self.assertIn("transparency is lost", done.text)
            done = self.resize(source, self.path("c.webm"), "--size", "32x32", "-y", "--pixel-format", "yuv420p")
            self.assertIn("transparency is lost", done.text)
            self.assertNotIn("alpha_mode", {k.lower() for k in video(self.path("c.webm")).get("tags", {})})


if __name__ == "__main__":
    unittest.main()
