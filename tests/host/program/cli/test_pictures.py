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

    def test_float_maps_begin_with_the_bottom_row(self):
        import struct
        rows = [0.125, 0.5, 0.875]  # from the top
        with open(self.path("a.pfm"), "wb") as f:
            f.write(b"PF\n2 3\n-1.0\n" + b"".join(struct.pack("<6f", *[v] * 6) for v in reversed(rows)))
        self.resize(self.path("a.pfm"), self.path("a.png"), "--scale", 1)
        self.assertEqual([v // 257 for v in struct.unpack(">18H", raw(self.path("a.png"), "-pix_fmt", "rgb48be"))][::6],
                         [31, 127, 223])
        self.resize(self.path("a.pfm"), self.path("b.pfm"), "--scale", 1)
        with open(self.path("a.pfm"), "rb") as a, open(self.path("b.pfm"), "rb") as b:
            self.assertEqual(a.read()[-72:], b.read()[-72:])
        self.resize(self.path("a.png"), self.path("c.pfm"), "--scale", 1)
        with open(self.path("c.pfm"), "rb") as f:
            self.assertAlmostEqual(struct.unpack("<18f", f.read()[-72:])[0], 0.875, delta=0.01)


class Exif(Case):
    """The camera's notes stay, true of the new picture."""

    @staticmethod
    def block(order, orientation=6, width=64, height=48, thumbnail=True):
        """IFD0: Make, orientation, a pointer to the details (width, height, exposure); IFD1: a thumbnail."""
        import struct
        def entry(tag, kind, count, value):
            return struct.pack(order + "HHI", tag, kind, count) + (
                struct.pack(order + "HH", value, 0) if kind == 3 else struct.pack(order + "I", value))
        details = 8 + 2 + 3 * 12 + 4
        make = details + 2 + 3 * 12 + 4
        exposure, second = make + 8, make + 16
        text = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
        text += struct.pack(order + "H", 3) + entry(0x10f, 2, 8, make) + entry(0x112, 3, 1, orientation)
        text += entry(0x8769, 4, 1, details) + struct.pack(order + "I", second if thumbnail else 0)
        text += struct.pack(order + "H", 3) + entry(0x829a, 5, 1, exposure) + entry(0xa002, 4, 1, width)
        text += entry(0xa003, 3, 1, height) + struct.pack(order + "I", 0)
        text += b"Fluxcam\0" + struct.pack(order + "II", 1, 250)
        return text + struct.pack(order + "H", 1) + entry(0x201, 4, 1, 0) + struct.pack(order + "I", 0)

    @staticmethod
    def in_jpeg(data, block):
        return data[:2] + b"\xff\xe1" + (len(block) + 8).to_bytes(2, "big") + b"Exif\0\0" + block + data[2:]

    @staticmethod
    def in_png(data, block):
        import zlib
        chunk = b"eXIf" + block
        return data[:33] + len(block).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big") + data[33:]

    @staticmethod
    def found(path):
        """The block in a file, read anew."""
        import zlib
        with open(path, "rb") as f:
            data = f.read()
        if path.endswith("jpg"):
            at = data.index(b"Exif\0\0")
            return data[at + 6:at - 2 + int.from_bytes(data[at - 2:at], "big")]
        if path.endswith("png"):
            at = data.index(b"eXIf")
            length = int.from_bytes(data[at - 4:at], "big")
            assert zlib.crc32(data[at:at + 4 + length]) == int.from_bytes(data[at + 4 + length:at + 8 + length], "big")
            return data[at + 4:at + 4 + length]
        assert int.from_bytes(data[4:8], "little") == len(data) - 8 and data[12:16] == b"VP8X" and data[20] & 8
        at = data.index(b"EXIF")
        return data[at + 8:at + 8 + int.from_bytes(data[at + 4:at + 8], "little")]

    def test_tags_are_kept_and_true(self):
        jpeg = self.clip("a.jpg", *test_source("64x48"), "-frames:v", 1)
        png = self.clip("a.png", *test_source("64x48"), "-frames:v", 1)
        for order in "<>":
            for source, insert in [(jpeg, self.in_jpeg), (png, self.in_png)]:
                with open(source, "rb") as f:
                    data = f.read()
                marked = self.path("marked" + os.path.splitext(source)[1])
                with open(marked, "wb") as f:
                    f.write(insert(data, self.block(order)))
                turned = marked.endswith("jpg")  # FFmpeg turns JPEG alone
                for target in ("b.jpg", "b.png", "b.webp"):
                    with self.subTest(order=order, source=source, target=target):
                        self.resize(marked, self.path(target), "--size", "24x32", "-y")
                        self.assertEqual(size(self.path(target)), (24, 32))
                        self.assertEqual(self.found(self.path(target)),
                                         self.block(order, 1, 24, 32, False)[:-18] + self.block(order)[-18:])
                        self.assertEqual(len(raw(self.path(target), "-pix_fmt", "rgb24")), 24 * 32 * 3)
                if turned:
                    self.assertIn("EXIF", self.resize(marked, self.path("b.bmp"), "--size", "24x32", "-y").text)

    def test_every_picture_of_a_sequence_keeps_its_own(self):
        for n in range(1, 12):  # more than threads of a decoder
            with open(self.clip(f"s{n}.jpg", *test_source("64x48"), "-ss", n / 25, "-frames:v", 1), "rb") as f:
                data = f.read()
            with open(self.path(f"m{n}.jpg"), "wb") as f:
                f.write(self.in_jpeg(data, self.block("<", 1).replace(b"Fluxcam", b"Camera" + bytes([64 + n])))
                        if n != 4 else data)
        for ending, name in (("jpg", b"Exif"), ("png", b"eXIf")):
            self.resize(self.path("m%d.jpg"), self.path(f"o%d.{ending}"), "--size", "24x32")
            for n in range(1, 12):
                written = self.path(f"o{n}.{ending}")
                if n != 4:
                    block = self.block("<", 1, 24, 32, False).replace(b"Fluxcam", b"Camera" + bytes([64 + n]))
                    self.assertEqual(self.found(written)[:-18], block[:-18])
                    continue
                with open(written, "rb") as f:
                    self.assertNotIn(name, f.read())
        done = self.resize(self.path("m%d.jpg"), self.path("b%d.bmp"), "--size", "24x32")
        self.assertEqual(done.text.count("EXIF"), 1)

    def test_a_damaged_block_is_left_out(self):
        with open(self.clip("a.jpg", *test_source("64x48"), "-frames:v", 1), "rb") as f:
            data = f.read()
        whole = self.block("<")
        for cut in range(0, len(whole), 3):
            with open(self.path("cut.jpg"), "wb") as f:
                f.write(self.in_jpeg(data, whole[:cut]))
            self.resize(self.path("cut.jpg"), self.path("b.jpg"), "--size", "32x24", "-y")
            self.assertEqual(len(raw(self.path("b.jpg"), "-pix_fmt", "rgb24")), 32 * 24 * 3)


if __name__ == "__main__":
    unittest.main()
