# SPDX-License-Identifier: Apache-2.0
"""fluxel flow on patterns whose motion is known: files, counts, values, what it refuses, and what it leaves."""

import hashlib
import json
import math
import os
import re
import signal
import struct
import subprocess
import time
import unittest

from support import *

WIDTH, HEIGHT = 96, 64
SHIFT = (3, -2)  # px per frame


def levels(n, low=16, high=235):
    """Frame n of a smooth texture that moves by SHIFT, as samples from low to high."""
    out = []
    for y in range(HEIGHT):
        for x in range(WIDTH):
            a, b = x - SHIFT[0] * n, y - SHIFT[1] * n
            t = math.sin(a / 3.1 + b / 9) + math.sin(b / 2.7 - a / 8)
            t += math.sin((a + b) / 5.3) + math.sin(a * b / 700)
            out.append(low + round((t + 4) / 8 * (high - low)))
    return out


def grey16(sample, depth):
    """16 bits of full range that are the same 1/16 grey level as luma of limited range."""
    span = 219 << depth - 8
    sixteenths = ((sample - (16 << depth - 8)) * 4080 + span // 2) // span
    return round(sixteenths * 65535 / 4080)


def read_flo(path):
    with open(path, "rb") as f:
        data = f.read()
    tag, width, height = struct.unpack("<4sii", data[:12])
    assert tag == b"PIEH" and len(data) == 12 + 8 * width * height
    values = struct.unpack(f"<{2 * width * height}f", data[12:])
    return width, height, list(zip(values[::2], values[1::2]))


class Flow(Case):
    def moving(self, name, frames, pixel_format, sample=lambda s: s, depth=8, *args):
        """A clip of the texture: luma and neutral chroma, or grey."""
        data = b""
        shift = depth - 8
        for n in range(frames):
            plane = [sample(s) for s in levels(n, 16 << shift, 235 << shift)]
            if pixel_format.startswith("yuv420p"):
                plane += [128 << shift] * (WIDTH * HEIGHT // 2)
            words = depth > 8 or pixel_format == "gray16le"
            data += struct.pack(f"<{len(plane)}{'H' if words else 'B'}", *plane)
        return self.clip(name, "-f", "rawvideo", "-pix_fmt", pixel_format, "-s", f"{WIDTH}x{HEIGHT}", "-r", 25, "-i",
                         self.kept(name + ".raw", data), "-c:v", "ffv1", "-pix_fmt", pixel_format, *args)

    def kept(self, name, data):
        path = os.path.join(self.clips, name)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def pair(self):
        source = self.moving("pair.mkv", 2, "gray")
        return [self.clip(f"p{n}.png", "-i", source, "-vf", f"select=eq(n\\,{n})", "-frames:v", 1) for n in (0, 1)]

    def video(self):
        return self.moving("video.mkv", 5, "yuv420p", lambda s: s, 8, "-color_range", "tv")

    def flow(self, *args, **kwargs):
        return self.fluxel("flow", *args, "--device", "cpu", **kwargs)

    def refuse(self, code, words, *args, **kwargs):
        done = self.flow(*args, code=code, **kwargs)
        self.assert_one_line(done)
        self.assertIn(words, done.text)

    def assert_moves(self, path):
        width, height, vectors = read_flo(path)
        self.assertEqual((width, height), (WIDTH, HEIGHT))
        inner = [vectors[y * WIDTH + x] for y in range(12, HEIGHT - 12) for x in range(12, WIDTH - 12)]
        for c in range(2):
            self.assertAlmostEqual(sum(v[c] for v in inner) / len(inner), SHIFT[c], delta=0.05)
            self.assertLess(max(abs(v[c] - SHIFT[c]) for v in inner), 0.5)

    def test_two_pictures(self):
        self.flow(*self.pair(), "-o", self.path("a.flo"))
        self.assert_moves(self.path("a.flo"))
        self.flow(*self.pair(), "-o", self.path("b.flo"), "--quality", "accurate")
        self.assert_moves(self.path("b.flo"))
        self.assertNotEqual(read_flo(self.path("a.flo")), read_flo(self.path("b.flo")))

    def test_lucas_kanade(self):
        for name, args in [("balanced", []), ("fast", ["--quality", "fast"]),
                           ("multiscale", ["--mode", "multiscale"])]:
            out = self.path(f"{name}.flo")
            self.flow(*self.pair(), "-o", out, "--method", "lucas-kanade", *args)
            self.assert_moves(out)
        self.flow(*self.pair(), "-o", self.path("hs.flo"))
        self.assertNotEqual(read_flo(self.path("hs.flo")), read_flo(self.path("balanced.flo")))
        self.flow(*self.pair(), "-o", self.path("wide.flo"), "--method", "lucas-kanade", "--window-radius", 5)
        self.assertNotEqual(read_flo(self.path("wide.flo")), read_flo(self.path("balanced.flo")))
        self.refuse(2, "--sweeps: lucas-kanade has no such parameter", *self.pair(), "-o", self.path("no.flo"),
                    "--method", "lucas-kanade", "--sweeps", 3)
        self.refuse(2, "--ridge: horn-schunck has no such parameter", *self.pair(), "-o", self.path("no.flo"),
                    "--ridge", 1)

    def test_parameters_count(self):
        self.flow(*self.pair(), "-o", self.path("a.flo"))
        self.flow(*self.pair(), "-o", self.path("b.flo"), "--smoothness", 200, "--warps", 3)
        self.assertNotEqual(read_flo(self.path("a.flo")), read_flo(self.path("b.flo")))

    def test_every_pair_of_a_video(self):
        self.flow(self.video(), "-o", self.path("f%03d.flo"))
        self.assertEqual(sorted(os.listdir(self.folder)), [f"f{n:03}.flo" for n in range(1, 5)])
        for n in range(1, 5):
            self.assert_moves(self.path(f"f{n:03}.flo"))

    def test_a_video_is_its_pairs(self):
        source = self.moving("grey.mkv", 3, "gray")
        self.flow(source, "-o", self.path("f%d.flo"), "--start-number", 7)
        names = [self.path(f"p{n}.png") for n in range(3)]
        ffmpeg("-i", source, "-start_number", 0, self.path("p%d.png"))
        for n in range(2):
            self.flow(names[n], names[n + 1], "-o", self.path("pair.flo"), "-y")
            self.assertEqual(read_flo(self.path("pair.flo")), read_flo(self.path(f"f{7 + n}.flo")))

    def test_threads_do_not_change_bytes(self):
        for threads in (1, 2):
            self.flow(self.video(), "-o", self.path(f"t{threads}-%d.flo"), "--threads", threads)
        for n in range(1, 5):
            self.assertEqual(read_flo(self.path(f"t1-{n}.flo")), read_flo(self.path(f"t2-{n}.flo")))

    def test_limited_range_is_stretched(self):
        for depth, luma in [(8, "yuv420p"), (10, "yuv420p10le")]:
            with self.subTest(depth):
                limited = self.moving(f"limited{depth}.mkv", 2, luma, lambda s: s, depth, "-color_range", "tv")
                full = self.moving(f"full16of{depth}.mkv", 2, "gray16le", lambda s: grey16(s, depth), depth)
                self.flow(limited, "-o", self.path("limited.flo"), "-y")
                self.flow(full, "-o", self.path("full.flo"), "-y")
                self.assert_moves(self.path("full.flo"))
                self.assertEqual(read_flo(self.path("limited.flo")), read_flo(self.path("full.flo")))
                # Values that are named are those of the file.
                low, high = 16 << depth - 8, 235 << depth - 8
                self.flow(limited, "-o", self.path("named.flo"), "-y", "--range", f"{low}:{high}")
                self.assertEqual(read_flo(self.path("named.flo")), read_flo(self.path("limited.flo")))

    def test_a_range_that_changes(self):
        parts = [self.moving(f"{name}range.mkv", 4, "yuv420p", sample, 8, "-color_range", name)
                 for name, sample in [("tv", lambda s: s), ("pc", lambda s: round((s - 16) * 255 / 219))]]
        for n, (first, then) in enumerate([parts, parts[::-1]]):
            # Packets of both, one after the other: Motion JPEG says its range in every picture.
            both = self.path(f"both{n}.avi")
            jpegs = []
            for i, part in enumerate((first, then)):
                jpeg = self.path(f"{n}{i}.mjpeg")
                ffmpeg("-i", part, "-c:v", "mjpeg", "-strict", "-1", "-q:v", 1, jpeg)
                jpegs.append(open(jpeg, "rb").read())
            with open(self.path("both.mjpeg"), "wb") as f:
                f.write(b"".join(jpegs))
            ffmpeg("-f", "mjpeg", "-i", self.path("both.mjpeg"), "-c", "copy", both)
            self.flow(both, "-o", self.path("c%d.flo"), "-y")
            for k in (1, 2, 3, 5, 6, 7):
                self.assert_moves(self.path(f"c{k}.flo"))
            # Between the parts the picture goes three steps back.
            back = [(u + 3 * SHIFT[0], v + 3 * SHIFT[1]) for u, v in read_flo(self.path("c4.flo"))[2]]
            inner = [back[y * WIDTH + x] for y in range(16, HEIGHT - 16) for x in range(24, WIDTH - 24)]
            self.assertLess(sum(math.hypot(u, v) for u, v in inner) / len(inner), 0.5)

    def test_color_and_grey_pictures(self):
        a, b = self.pair()
        for pixel_format in ("rgb24", "bgr0", "gbrp", "rgb48le"):
            source = self.moving("pair.mkv", 2, "gray")
            color = self.clip(f"{pixel_format}.nut", "-i", source, "-pix_fmt", pixel_format, "-c:v", "rawvideo")
            self.flow(color, "-o", self.path("a.flo"), "-y")
            self.assert_moves(self.path("a.flo"))
        rgb = self.clip("rgb.png", "-i", b, "-pix_fmt", "rgb24")
        luma = ["--weighted-median", 0]  # which would read colors
        self.flow(a, rgb, "-o", self.path("mixed.flo"), *luma)
        self.flow(a, b, "-o", self.path("grey.flo"), *luma)
        self.assertEqual(read_flo(self.path("mixed.flo")), read_flo(self.path("grey.flo")))

    def test_the_order_of_channels_does_not_matter(self):
        source = self.clip("rgb.nut", *test_source("64x48", 5, 0.4), "-pix_fmt", "rgb24", "-c:v", "rawvideo")
        self.flow(source, "-o", self.path("rgb24.flo"))
        for pixel_format in ("bgr24", "gbrp", "argb", "abgr", "rgba"):
            other = self.clip(f"order-{pixel_format}.nut", "-i", source, "-pix_fmt", pixel_format, "-c:v", "rawvideo")
            self.flow(other, "-o", self.path("other.flo"), "-y")
            self.assertEqual(read_flo(self.path("rgb24.flo")), read_flo(self.path("other.flo")), pixel_format)

    def test_kitti(self):
        self.flow(*self.pair(), "-o", self.path("a.flo"))
        self.flow(*self.pair(), "-o", self.path("a.png"), "--format", "kitti")
        self.assertEqual(video(self.path("a.png"))["pix_fmt"], "rgb48be")
        words = struct.unpack(f">{3 * WIDTH * HEIGHT}H", raw(self.path("a.png")))
        wanted = [(round(u * 64) + 2**15, round(v * 64) + 2**15, 1) for u, v in read_flo(self.path("a.flo"))[2]]
        self.assertEqual(list(zip(words[::3], words[1::3], words[2::3])), wanted)
        self.flow(self.video(), "-o", self.path("k%d.png"), "--format", "kitti")
        self.assertEqual(len([f for f in os.listdir(self.folder) if f[0] == "k"]), 4)

    def test_colors_of_a_picture(self):
        self.flow(*self.pair(), "-o", self.path("a.png"), "--max-flow", 6)
        self.assertEqual((size(self.path("a.png")), video(self.path("a.png"))["pix_fmt"]), ((WIDTH, HEIGHT), "rgb24"))
        pixels = raw(self.path("a.png"))
        r, g, b = pixels[3 * (32 * WIDTH + 48):][:3]
        # To the right and up is magenta, here at 60 % of the full saturation.
        self.assertTrue(r > 240 and abs(g - 102) < 5 and b > 240, (r, g, b))
        self.flow(*self.pair(), "-o", self.path("b.png"), "--max-flow", 60)
        self.assertGreater(raw(self.path("b.png"))[3 * (32 * WIDTH + 48) + 1], 230)
        self.assertRegex(self.flow(*self.pair(), "-o", self.path("c.png")).text, r"full color at [34]\.\d+ px")

    def x264_setting(self, name, key):
        """x264 writes its settings into the stream."""
        with open(self.path(name), "rb") as f:
            return re.search(rf"{key}=(\S+)".encode(), f.read())[1].decode()

    def test_colors_of_a_video(self):
        source = self.clip("sound.mkv", "-i", self.video(), *sine(), "-c:v", "copy", "-c:a", "aac", "-shortest")
        self.flow(source, "-o", self.path("a.mp4"), *FAST)
        self.assertEqual([s["codec_type"] for s in streams(self.path("a.mp4"))], ["video", "audio"])
        v = video(self.path("a.mp4"))
        self.assertEqual((v["nb_read_frames"], v["width"], v["height"]), ("4", WIDTH, HEIGHT))
        shown = times(self.path("a.mp4"))
        self.assertEqual([t - shown[0] for t in shown], [0, 40, 80, 120])
        self.flow(self.video(), "-o", self.path("silent.mp4"))
        for key, value in [("me", "dia"), ("cabac", "1"), ("deblock", "1:0:0"), ("bframes", "3"), ("crf", "24.0")]:
            self.assertEqual(self.x264_setting("silent.mp4", key), value)
        self.flow(self.video(), "-o", self.path("own.mp4"), "--crf", 18, "--codec-opt", "bf=0")
        for key, value in [("me", "dia"), ("bframes", "0"), ("crf", "18.0")]:
            self.assertEqual(self.x264_setting("own.mp4", key), value)
        self.flow(self.video(), "-o", self.path("medium.mp4"), "--codec-opt", "preset=medium")
        self.assertEqual(self.x264_setting("medium.mp4", "trellis"), "1")
        self.assertEqual(times(self.path("silent.mp4")), [0, 40, 80, 120])  # from the first frame on
        # The motion is the same all the time, and so is the color of the middle.
        pixels = raw(self.path("a.mp4"), "-pix_fmt", "rgb24")
        middle = 3 * (32 * WIDTH + 48)
        for n in range(1, 4):
            for c in range(3):
                self.assertAlmostEqual(pixels[middle + c], pixels[n * 3 * WIDTH * HEIGHT + middle + c], delta=6)

    def test_checksums_are_those_of_the_flows(self):
        self.flow(self.video(), "-o", self.path("f%d.flo"), "--frame-md5", self.path("files"), "--threads", 1)
        with open(self.path("files")) as f:
            lines = f.read().splitlines()
        self.assertEqual(lines[:3], ["#fluxel flow-md5 1", f"#size {WIDTH}x{HEIGHT}",
                                     "#content u, v as f32, pixel by pixel"])
        wanted = []
        for n in range(1, 5):
            with open(self.path(f"f{n}.flo"), "rb") as f:
                wanted.append(f"{n - 1},{hashlib.md5(f.read()[12:]).hexdigest()}")
        self.assertEqual(lines[3:], wanted)
        # Neither threads nor what is made of the flows changes them.
        self.flow(self.video(), "-o", self.path("a.mp4"), *FAST, "--frame-md5", self.path("drawn"), "--threads", 3)
        with open(self.path("drawn")) as f:
            self.assertEqual(f.read().splitlines(), lines)
        self.flow(self.video(), "-o", self.path("b.mp4"), *FAST, "--frame-md5", self.path("other"), "--warps", 1)
        self.assertNotEqual(read_md5(self.path("other")), read_md5(self.path("drawn")))
        self.refuse(2, "--frame-md5", self.video(), "-o", self.path("c.mp4"), "--frame-md5", self.path("c.mp4"))
        self.refuse(5, "--frame-md5", self.video(), "-o", self.path("d.mp4"), "--frame-md5", "/dev/full", "--quiet")
        self.assertFalse(os.path.exists(self.path("d.mp4")))

    def test_summary_says_what_bounded_the_job(self):
        done = self.flow(self.video(), "-o", self.path("a.mp4"), *FAST)
        self.assertRegex(done.text, r"at work: decode [\d.]+ s, prepare [\d.]+ s, solve [\d.]+ s, draw [\d.]+ s, convert [\d.]+ s, "
                                    r"encode [\d.]+ s; bounded by (decode|prepare|solve|draw|convert|encode)\n$")
        done = self.flow(self.video(), "-o", self.path("b.mp4"), *FAST, "--quality", "accurate", "--json")
        told = json.loads(done.stdout)
        self.assertEqual((told["frames"], told["bounded_by"]), (4, "solve"))
        self.assertEqual(set(told["seconds_at_work"]), {"decode", "prepare", "solve", "draw", "convert", "encode"})
        self.assertGreater(told["seconds"], told["seconds_at_work"]["solve"])

    def test_part_of_a_video(self):
        self.flow(self.video(), "-o", self.path("f%d.flo"), "--start", "0.04", "--duration", "0.12")
        self.assertEqual(sorted(os.listdir(self.folder)), ["f1.flo", "f2.flo"])

    def test_a_turned_video_is_measured_as_shown(self):
        source = self.moving("still.mkv", 3, "yuv420p", lambda s: s, 8, "-color_range", "tv")
        upright = self.clip("up.mp4", "-i", source, *X264, "-qp", 1)
        turned = self.clip("turned.mp4", "-i", upright, "-c", "copy", "-metadata:s:v", "rotate=180")
        self.flow(upright, "-o", self.path("up%d.flo"))
        self.flow(turned, "-o", self.path("turned%d.flo"))
        up, turned = (read_flo(self.path(f"{name}1.flo"))[2][32 * WIDTH + 48] for name in ("up", "turned"))
        for c in range(2):
            self.assertAlmostEqual(up[c], SHIFT[c], delta=0.2)
            self.assertAlmostEqual(turned[c], -SHIFT[c], delta=0.2)

    def test_modes_and_starts(self):
        for mode in ("multiscale", "classic"):
            self.flow(*self.pair(), "-o", self.path(f"{mode}.flo"), "--mode", mode)
        self.assert_moves(self.path("multiscale.flo"))
        self.assertNotEqual(read_flo(self.path("multiscale.flo")), read_flo(self.path("classic.flo")))
        few_warps = ["--warps", "1", "--max-levels", "3"]  # the start is still to be seen
        self.flow(self.video(), "-o", self.path("z%d.flo"), *few_warps)
        self.flow(self.video(), "-o", self.path("p%d.flo"), "--start-from", "previous", *few_warps)
        self.assertEqual(read_flo(self.path("z1.flo")), read_flo(self.path("p1.flo")))
        self.assert_moves(self.path("p2.flo"))
        self.assert_moves(self.path("p4.flo"))

    def test_validity(self):
        a, b = (self.clip(f"half{i}.png", "-i", p, "-vf", f"drawbox=0:0:{WIDTH // 2}:{HEIGHT}:gray:fill")
                for i, p in enumerate(self.pair()))
        self.flow(a, b, "-o", self.path("a.flo"), "--validity", self.path("v.png"))
        v = video(self.path("v.png"))
        self.assertEqual((v["width"], v["height"], v["pix_fmt"]), (WIDTH, HEIGHT, "gray"))
        reasons = raw(self.path("v.png"))
        self.assertEqual(reasons[32 * WIDTH + 16], 3)  # flat
        self.assertEqual(reasons[32 * WIDTH + 72], 0)
        self.assertEqual(reasons[32 * WIDTH + WIDTH - 1], 2)  # leaves the picture

        self.flow(a, b, "-o", self.path("m.flo"), "--mask-invalid")
        self.flow(a, b, "-o", self.path("m.png"), "--mask-invalid", "--format", "kitti")
        self.flow(a, b, "-o", self.path("c.png"), "--mask-invalid")
        known = struct.unpack(f">{3 * WIDTH * HEIGHT}H", raw(self.path("m.png")))[2::3]
        colors = raw(self.path("c.png"))
        flow = read_flo(self.path("a.flo"))[2]
        for i, masked in enumerate(read_flo(self.path("m.flo"))[2]):
            self.assertEqual(masked[0] > 1e9 and masked[1] > 1e9, reasons[i] != 0)
            self.assertEqual(known[i], reasons[i] == 0)
            if reasons[i] == 0:
                self.assertEqual(masked, flow[i])
            else:
                self.assertEqual(colors[3 * i:3 * i + 3], bytes(3))
        self.assertIn("density", self.fluxel("compare", self.path("m.flo"), self.path("a.flo")).stdout.decode())

    def test_validity_of_a_video(self):
        self.flow(self.video(), "-o", self.path("a.mp4"), "--validity", self.path("v%02d.png"), *FAST)
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.mp4"] + [f"v0{n}.png" for n in range(1, 5)])
        self.refuse(2, "a sequence such as validity%04d.png", self.video(), "-o", self.path("f%d.flo"), "--validity",
                    self.path("one.png"))
        self.refuse(2, "is also the output", *self.pair(), "-o", self.path("o.png"), "--validity", self.path("o.png"))
        self.refuse(2, "end its name in .png", *self.pair(), "-o", self.path("o.png"), "--validity",
                    self.path("o.jpg"))
        self.assertEqual(len(os.listdir(self.folder)), 5)

    def test_print_config(self):
        text = self.flow("--print-config").stdout.decode()
        self.assertIn("method = horn-schunck\n", text)
        values = dict(line.split(" = ") for line in text.splitlines())
        self.assertGreater(len(values), 15)
        changed = self.flow("--print-config", "--edge-scale", "7.5", "--sweeps", "3").stdout.decode()
        self.assertIn("edge_scale = 7.5\n", changed)
        self.assertIn("sweeps = 3\n", changed)
        for method in ("horn-schunck", "lucas-kanade"):  # the whole print can be given as options again
            text = self.flow("--print-config", "--method", method, "--quality", "accurate").stdout.decode()
            options = [word for line in text.splitlines() for word in line.split(" = ")]
            options[::2] = ["--" + name.replace("_", "-") for name in options[::2]]
            self.assertEqual(self.flow("--print-config", *options).stdout.decode(), text)
        for method, read in [("horn-schunck", 9), ("lucas-kanade", 17)]:  # the classic modes list what they read
            text = self.flow("--print-config", "--method", method, "--mode", "classic").stdout.decode()
            options = [word for line in text.splitlines() for word in line.split(" = ")]
            options[::2] = ["--" + name.replace("_", "-") for name in options[::2]]
            self.assertEqual(len(text.splitlines()), 2 + read)
            self.assertEqual(self.flow("--print-config", *options).stdout.decode(), text)
            self.assertNotIn("warps", text)
            self.refuse(2, f"--warps: {method} --mode classic has no such parameter", "--print-config", "--method",
                        method, "--mode", "classic", "--warps", 3)
        text = self.flow("--print-config").stdout.decode()
        self.assertNotEqual(text, self.flow("--print-config", "--quality", "fast").stdout.decode())

    def test_refusals(self):
        (a, b), out = self.pair(), self.path("a.flo")
        small = self.clip("small.png", *test_source("32x32"), "-frames:v", 1, "-pix_fmt", "gray")
        deep = self.clip("deep.png", "-i", b, "-pix_fmt", "gray16be")
        for words, args in [("name two pictures or one video", ["-o", out]),
                            ("name two pictures or one video", [a, b, a, "-o", out]),
                            ("name an output", [a, b]),
                            ("did you mean horn-schunck?", [a, b, "-o", out, "--method", "horn-shunck"]),
                            ("--quality", [a, b, "-o", out, "--quality", "good"]),
                            ("--format", [a, b, "-o", out, "--format", "flow"]),
                            ("goes with --mode tuned", [a, b, "-o", out, "--mode", "classic", "--quality", "fast"]),
                            ("--start-from", [a, b, "-o", out, "--start-from", "here"]),
                            ("end the output's name in .png", [a, b, "-o", out, "--format", "kitti"]),
                            (".flo holds none", [a, b, "-o", out, "--format", "color"]),
                            ("--max-flow", [a, b, "-o", self.path("a.png"), "--max-flow", 0]),
                            ("--warps: must be", [a, b, "-o", out, "--warps", 0]),
                            ("--precision: must be", [a, b, "-o", out, "--sweeps", 5, "--precision", 3]),
                            ("goes with a video", [a, b, "-o", out, "--start-from", "previous"]),
                            ("--sweeps: write a whole number", [a, b, "-o", out, "--sweeps", 2.5]),
                            ("did you mean --sweeps?", [a, b, "-o", out, "--sweep", 2]),
                            ("does not say which kind", [a, b, "-o", self.path("a.xyz")]),
                            ("is the input itself", [a, b, "-o", a, "-y"]),
                            ("is the input itself", [a, b, "-o", b, "-y"]),
                            ("a sequence such as flow%04d.flo", [self.video(), "-o", out]),
                            ("a sequence such as flow%04d.png",
                             [self.video(), "-o", self.path("a.png"), "--format", "kitti"])]:
            self.refuse(2, words, *args)
        for words, args in [("no such file", [self.path("none.png"), b]),
                            ("no such file", [a, self.path("none.png")]),
                            ("has one picture, and motion needs two", [a]), ("the same size", [a, small]),
                            ("8 bits per sample", [a, deep]), ("holds several pictures", [a, self.video()]),
                            ("holds several pictures", [self.video(), a])]:
            self.refuse(3, words, *args, "-o", out)
        self.refuse(5, "cannot write", a, b, "-o", self.path("none/a.flo"))
        self.assertEqual(os.listdir(self.folder), [])

    def test_existing_files(self):
        for name in ("a.flo", "f3.flo"):
            with open(self.path(name), "w") as f:
                f.write("mine")
        for args in [[*self.pair(), "-o", self.path("a.flo")], [*self.pair(), "-o", self.path("a.flo"), "-n"],
                     [self.video(), "-o", self.path("f%d.flo")], [self.video(), "-o", self.path("a.flo"), "-y"]]:
            self.flow(*args, code=2 if "-y" in args else 5)
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.flo", "f3.flo"])
        for name in ("a.flo", "f3.flo"):
            with open(self.path(name)) as f:
                self.assertEqual(f.read(), "mine")
        self.flow(*self.pair(), "-o", self.path("a.flo"), "-y")
        self.assert_moves(self.path("a.flo"))

    def test_full_device(self):
        self.refuse(5, "No space left on device", *self.pair(), "-o", "/dev/full", "--format", "flo")

    def test_standard_output(self):
        done = self.flow(*self.pair(), "-o", "-", "--format", "flo", "--quiet")
        self.assertEqual((done.stdout[:4], len(done.stdout), done.text), (b"PIEH", 12 + 8 * WIDTH * HEIGHT, ""))
        self.assertTrue(self.flow(self.video(), "-o", "-", "--quiet").stdout.startswith(b"YUV4MPEG2 W96 H64"))

    def test_interrupted(self):
        long = self.clip("long.mp4", *test_source("640x360", 25, 4), *X264)
        p = subprocess.Popen([FLUXEL, "flow", long, "-o", self.path("f%d.flo"), "--device", "cpu"],
                             stderr=subprocess.PIPE)
        deadline = time.monotonic() + 20
        while not any(os.listdir(self.path(f)) for f in os.listdir(self.folder)) and time.monotonic() < deadline:
            time.sleep(0.01)
        p.send_signal(signal.SIGINT)
        p.communicate(timeout=20)
        self.assertEqual(p.returncode, -signal.SIGINT)
        self.assertEqual(os.listdir(self.folder), [])


if __name__ == "__main__":
    unittest.main()
