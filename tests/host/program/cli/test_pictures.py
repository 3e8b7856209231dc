# SPDX-License-Identifier: Apache-2.0
"""Still pictures and numbered sequences."""

import os
import unittest

from support import *


class Pictures(Case):
    def picture(self, name, *args):
        return self.clip(name, *test_source("64x48"), "-frames:v", 1, *args)

    def test_kinds_of_pictures(self):
        for name, args in [("a.png", []), ("a.jpg", []), ("a.tiff", []), ("a.bmp", []), ("a.webp", []), ("a.tga", []),
                           ("a.ppm", []), ("gray.png", ["-pix_fmt", "gray"]), ("deep.png", ["-pix_fmt", "rgb48be"]),
                           ("alpha.png", ["-pix_fmt", "rgba"]), ("ya.png", ["-pix_fmt", "ya8"]),
                           ("bits.png", ["-pix_fmt", "monob"]), ("alpha.webp", ["-pix_fmt", "bgra"])]:
            with self.subTest(name):
                source, target = self.picture(name, *args), self.path(name)
                self.resize(source, target, "--size", "31x23")
                self.assertEqual((size(target), video(target)["nb_read_frames"]), ((31, 23), "1"))
                if name not in ("bits.png", "a.tiff"):  # 4:2:0 of an odd height does not work in FFmpeg's TIFF
                    self.assertEqual(video(target)["pix_fmt"], video(source)["pix_fmt"])

    def test_from_one_kind_to_another(self):
        source = self.picture("a.png")
        for name in ["b.jpg", "b.webp", "b.tiff", "b.bmp", "b.gif"]:
            self.resize(source, self.path(name), "--size", "32x-1")
            self.assertEqual(size(self.path(name)), (32, 24))

    def test_palette(self):
        source = self.picture("palette.png", "-vf", "split[a][b];[a]palettegen[p];[b][p]paletteuse")
        self.assertEqual(video(source)["pix_fmt"], "pal8")
        done = self.resize(source, self.path("a.png"), "--size", "31x23")
        self.assertIn("pixels are converted from pal8", done.text)
        self.assertIn(video(self.path("a.png"))["pix_fmt"], ("rgb24", "rgba"))

    def test_gif(self):
        source = self.clip("a.gif", *test_source("64x48", 10))
        self.resize(source, self.path("a.gif"), "--size", "32x24")
        self.assertEqual((size(self.path("a.gif")), video(self.path("a.gif"))["nb_read_frames"]), ((32, 24), "10"))

    def test_alpha_weights_color(self):
        # Opaque red beside transparent green: the edge is red, whatever the filter.
        source = self.clip("edge.png", "-f", "lavfi", "-i",
                           "color=black:size=32x32,format=rgba,geq=r='if(lt(X,15),255,0)':g='if(lt(X,15),0,255)':b=0:"
                           "a='if(lt(X,15),255,0)'", "-frames:v", 1)
        for options in [["--size", "8x8"], ["--size", "77x77"], ["--size", "8x8", "--filter", "area"]]:
            self.resize(source, self.path("a.png"), *options, "-y")
            pixels = raw(self.path("a.png"))
            seen = [pixels[i:i + 4] for i in range(0, len(pixels), 4)]
            self.assertTrue(all(p[1] <= 1 and p[0] >= 254 for p in seen if p[3] > 0), options)
            self.assertTrue(any(0 < p[3] < 255 for p in seen), options)

    def test_jpeg_stays_full_range(self):
        source = self.picture("a.jpg", "-q:v", 2)
        done = self.resize(source, self.path("a.jpg"), "--size", "32x24")
        self.assertNotIn("converted", done.text)
        self.assertEqual((video(self.path("a.jpg"))["color_range"], video(self.path("a.jpg"))["pix_fmt"]),
                         ("pc", video(source)["pix_fmt"]))

    def test_sequences(self):
        source = self.clip("a.mp4", *test_source("64x48", 10), *X264)
        done = self.resize(source, self.path("out%03d.png"), "--size", "32x24")
        names = sorted(os.listdir(self.folder))
        self.assertEqual(names, [f"out{i:03}.png" for i in range(1, 11)], done.text)
        self.resize(self.path("out%03d.png"), self.path("back.mp4"), "--size", "64x-2", "--rate", 10, *FAST)
        v = video(self.path("back.mp4"))
        self.assertEqual((v["nb_read_frames"], v["width"], v["r_frame_rate"]), ("10", 64, "10/1"))
        self.resize(source, self.path("n%d.jpg"), "--size", "32x24", "--start-number", 98)
        self.assertTrue(os.path.exists(self.path("n107.jpg")) and os.path.exists(self.path("n98.jpg")))
        self.assertFalse(os.path.exists(self.path("n97.jpg")))

    def test_a_gap_in_a_sequence_is_said(self):
        for i in [3, 4, 6]:
            os.link(self.picture("a.png"), self.path(f"p{i}.png"))
        done = self.resize(self.path("p%d.png"), self.path("o%d.png"), "--scale", 1)
        self.assertIn("p5.png is missing", done.text)
        self.assertEqual(sorted(f for f in os.listdir(self.folder) if f[0] == "o"), ["o1.png", "o2.png"])

    def test_an_existing_sequence_is_kept(self):
        source = self.clip("a.mp4", *test_source("64x48", 10), *X264)
        with open(self.path("out5.png"), "w") as f:
            f.write("mine")
        done = self.resize(source, self.path("out%d.png"), "--size", "32x24", code=5)
        self.assertIn("out5.png exists", done.text)
        self.assertEqual(os.listdir(self.folder), ["out5.png"])
        self.resize(source, self.path("out%d.png"), "--size", "32x24", "-y")
        self.assertEqual(size(self.path("out5.png")), (32, 24))

    def test_one_picture_of_a_video(self):
        source = self.clip("a.mp4", *test_source("64x48", 10), *X264)
        done = self.resize(source, self.path("a.png"), "--size", "32x24", "--start", "0.5")
        self.assertIn("holds one picture", done.text)
        self.assertEqual(size(self.path("a.png")), (32, 24))

    def test_the_first_picture_of_a_long_video(self):
        # What is not read, because one picture was asked for, is not missing.
        source = self.clip("long.mp4", *test_source("64x48", 25, 20), *X264)
        self.assertIn("holds one picture", self.resize(source, self.path("a.png"), "--scale", 1).text)

    def test_rgb_keeps_its_chroma_in_jpeg(self):
        source = self.picture("a.png")
        self.resize(source, self.path("a.jpg"), "--scale", 1)
        self.assertEqual(video(self.path("a.jpg"))["pix_fmt"], video(self.clip("b.jpg", "-i", source))["pix_fmt"])
        self.assertEqual(video(self.path("a.jpg"))["pix_fmt"], "yuvj444p")

    def test_jpeg_orientation(self):
        # Exif orientation 6: shown after a quarter turn clockwise.
        exif = bytes.fromhex("45786966000049492a000800000001001201030001000000060000000000000000")
        with open(self.picture("a.jpg"), "rb") as f:
            plain = f.read()
        with open(self.path("turned.jpg"), "wb") as f:
            f.write(plain[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + plain[2:])
        done = self.resize(self.path("turned.jpg"), self.path("a.png"), "--size", "24x32")
        self.assertIn("turned upright", done.text)
        self.assertEqual(size(self.path("a.png")), (24, 32))


if __name__ == "__main__":
    unittest.main()
