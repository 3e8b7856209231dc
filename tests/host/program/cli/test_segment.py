# SPDX-License-Identifier: Apache-2.0
"""fluxel segment: masks, overlays and boxes of what moves; and every odd input."""

import json
import unittest

from support import *

LOSSLESS = ["--codec", "ffv1"]
WIDTH, HEIGHT = 192, 144
COUNT = 8


def moving(pixels="yuv420p", frames=COUNT, more=""):
    """A textured square of 40 px that crosses a textured picture, which the camera pans over."""
    texture = "nullsrc=s={s},format=gray,geq='128+40*sin(X/{a}+Y/13)+35*sin(Y/{b}-X/11)+30*sin((X+Y)/2.7+sin(X/9)*2)'," \
              "trim=end_frame=1,loop=60:1"
    return ["-f", "lavfi", "-i", texture.format(s="320x240", a=4.1, b=3.3) + f",crop={WIDTH}:{HEIGHT}:20+2*n:20,format=yuv444p",
            "-f", "lavfi", "-i", texture.format(s="40x40", a=2.9, b=4.7) + ",format=yuv444p", "-filter_complex",
            f"[0][1]overlay=x=40+3*n:y=50:format=yuv444{more},format={pixels}", "-frames:v", frames, "-r", 25, "-c:v", "ffv1"]


def box(n):
    """Where the square is."""
    return 40 + 3 * n, 50, 40, 40


def share(pixels, n, inside):
    """Of the bright pixels of a mask (bytes): the part in the square, or the part of the square that is bright."""
    x, y, w, h = box(n)
    in_square = sum(pixels[j * WIDTH + i] > 127 for j in range(y, y + h) for i in range(x, x + w))
    return in_square / (w * h) if inside else in_square / max(1, sum(p > 127 for p in pixels))


class Segment(Case):
    def segment(self, *args, **kwargs):
        return self.fluxel("segment", *args, "--device", "cpu", **kwargs)

    def boxes(self, name="boxes.jsonl"):
        with open(self.path(name)) as f:
            return [json.loads(line) for line in f]

    def check_masks(self, path):
        pixels = raw(path, "-pix_fmt", "gray")
        self.assertEqual(len(pixels), COUNT * WIDTH * HEIGHT)
        for n in range(COUNT):
            mask = pixels[n * WIDTH * HEIGHT:(n + 1) * WIDTH * HEIGHT]
            self.assertGreater(share(mask, n, True), 0.9, n)
            self.assertGreater(share(mask, n, False), 0.75, n)

    def test_masks_are_white_where_something_moves(self):
        source = self.clip("a.mkv", *moving())
        self.segment(source, self.path("mask.mkv"), *LOSSLESS)
        self.check_masks(self.path("mask.mkv"))
        self.assertEqual(video(self.path("mask.mkv"))["pix_fmt"], "gray")
        self.assertEqual(set(raw(self.path("mask.mkv"))), {0, 255})
        self.assertEqual(times(self.path("mask.mkv")), times(source))
        self.segment(source, self.path("mask.mp4"), "--mask", *FAST)
        self.check_masks(self.path("mask.mp4"))

    def test_a_picture_for_every_mask(self):
        source = self.clip("a.mkv", *moving())
        self.segment(source, self.path("mask%02d.png"))
        names = sorted(os.listdir(self.folder))
        self.assertEqual(names, [f"mask{n + 1:02}.png" for n in range(COUNT)])
        self.assertEqual(video(self.path(names[3]))["pix_fmt"], "gray")
        self.check_masks(self.path("mask%02d.png"))

    def test_boxes(self):
        source = self.clip("a.mkv", *moving())
        self.segment(source, "--boxes", self.path("boxes.jsonl"))
        found = self.boxes()
        self.assertEqual([b["frame"] for b in found], list(range(2, COUNT)))  # two pictures wait for a third
        self.assertEqual({b["id"] for b in found}, {1})
        for n, b in enumerate(found, 2):
            self.assertAlmostEqual(b["time"], n / 25, delta=0.001)
            for name, there in zip(("x", "y", "width", "height"), box(n)):
                self.assertAlmostEqual(b[name], there, delta=12, msg=f"{name} of {n}")
            self.assertAlmostEqual(b["u"], 5, delta=1)  # 3 px, and 2 px of the camera
            self.assertAlmostEqual(b["v"], 0, delta=0.5)
            self.assertLessEqual(b["area"], b["width"] * b["height"])
        done = self.segment(source, self.path("mask.mkv"), "--boxes", "-", *LOSSLESS, "--quiet")
        self.assertEqual([json.loads(line) for line in done.stdout.splitlines()], found)
        self.segment(source, "--boxes", self.path("boxes.jsonl"), "--min-frames", 1, "-y")
        self.assertEqual([b["frame"] for b in self.boxes()], list(range(COUNT)))
        self.assertEqual(self.boxes()[2:], found)
        self.segment(source, "--boxes", self.path("boxes.jsonl"), "--min-frames", COUNT + 1, "-y")
        self.assertEqual(self.boxes(), [])

    def test_overlays_keep_what_stands_still(self):
        for pixels in ("yuv420p", "yuv420p10le", "rgb24", "gray", "yuva444p", "nv12"):
            with self.subTest(pixels):
                codec = ["-c:v", "rawvideo"] if pixels == "nv12" else []
                name = pixels + (".nut" if codec else ".mkv")
                source, target = self.clip(name, *moving(pixels), *codec), self.path(name)
                self.segment(source, target, "--overlay", "--color", "yellow", *(["--codec", "rawvideo"] if codec else LOSSLESS))
                self.assertEqual(video(target)["pix_fmt"], video(source)["pix_fmt"])
                before, after = raw(source, "-pix_fmt", "rgb24"), raw(target, "-pix_fmt", "rgb24")
                self.assertEqual(len(after), len(before))
                frame = 4 * WIDTH * HEIGHT * 3
                corner = [frame + (y * WIDTH + x) * 3 for y in range(10, 30) for x in range(100, 180)]
                self.assertTrue(all(abs(before[i + c] - after[i + c]) <= 2 for i in corner for c in range(3)))
                x, y, w, h = box(4)
                square = [frame + (j * WIDTH + i) * 3 for j in range(y + 5, y + h - 5) for i in range(x + 5, x + w - 5)]
                if pixels != "gray":
                    self.assertLess(sum(after[i + 2] for i in square), 0.75 * sum(before[i + 2] for i in square))

    def test_what_is_turned_and_what_is_not_square(self):
        source = self.clip("turned.mp4", *moving()[:-1], "libx264", "-crf", 1, "-pix_fmt", "yuv420p")
        turned = self.clip("turned_90.mp4", "-i", source, "-c", "copy", "-metadata:s:v:0", "rotate=90")
        self.segment(turned, self.path("mask.mp4"), "--boxes", self.path("boxes.jsonl"), *FAST)
        self.segment(source, "--boxes", self.path("plain.jsonl"))
        for there, b in zip(self.boxes("plain.jsonl"), self.boxes(), strict=True):
            # As the picture is shown: turned clockwise by 270 or 90 degrees, as the file says.
            self.assertEqual((b["width"], b["height"], b["area"]), (there["height"], there["width"], there["area"]))
            self.assertAlmostEqual(abs(b["v"]), abs(there["u"]), delta=0.001)
            self.assertIn(b["x"], (there["y"], HEIGHT - there["y"] - there["height"]))
            self.assertIn(b["y"], (there["x"], WIDTH - there["x"] - there["width"]))
        wide = self.clip("wide.mkv", *moving(more=",setsar=16/11"))
        self.segment(wide, self.path("wide.mkv"), *LOSSLESS)
        self.assertEqual(video(self.path("wide.mkv"))["sample_aspect_ratio"], "16:11")
        self.check_masks(self.path("wide.mkv"))

    def test_bytes_do_not_depend_on_threads(self):
        source = self.clip("a.mkv", *moving())
        sums = []
        for threads in (1, 3):
            self.segment(source, self.path("mask.mkv"), "--threads", threads, "--frame-md5", self.path("md5"), "-y", *LOSSLESS)
            sums.append(read_md5(self.path("md5")))
        self.assertEqual(sums[0], sums[1])
        self.assertEqual(len(sums[0]), COUNT)

    def test_through_a_pipe(self):
        source = self.clip("pipe.nut", *moving())
        with open(source, "rb") as f:
            done = self.fluxel("segment", "-", "-", "--quiet", "--device", "cpu", stdin=f.read())
        self.assertEqual(done.stdout[:9], b"YUV4MPEG2")
        self.assertEqual(done.stdout.count(b"FRAME\n"), COUNT)

    def test_one_picture_cuts_and_black_pictures(self):
        picture = self.clip("one.png", *moving("rgb24", 1)[:-2])
        self.segment(picture, self.path("one.png"), "--boxes", self.path("boxes.jsonl"))
        self.assertEqual(set(raw(self.path("one.png"))), {0})
        self.assertEqual(self.boxes(), [])
        black = self.clip("black.mkv", "-f", "lavfi", "-i", "color=black:s=96x64:d=0.2", "-c:v", "ffv1")
        self.segment(black, self.path("black.mkv"), *LOSSLESS)
        self.assertEqual(set(raw(self.path("black.mkv"))), {0})
        # The same things before and after a cut to their mirror image: other ids, and no motion across it.
        cut = self.clip("cut.mkv", *moving(more=",hue=h=0,negate=enable='gt(n,3)',hflip=enable='gt(n,3)'"))
        self.segment(cut, "--boxes", self.path("boxes.jsonl"), "-y")
        ids = {n: {b["id"] for b in self.boxes() if b["frame"] == n} for n in range(COUNT)}
        self.assertEqual((ids[4], ids[5]), (set(), set()))  # of the new scene, once it has been seen three times
        self.assertTrue(ids[3] and ids[6])
        self.assertFalse(ids[3] & ids[6])

    def test_what_is_wrong_is_said(self):
        source = self.clip("a.mkv", *moving())
        no = self.path("no.mkv")
        for words, args in {"--model bend: unknown; choose one of translation, similarity, affine, homography": [no, "--model", "bend"],
                            "--least-motion: choose pixels per frame from 0 to 512": [no, "--least-motion", -1],
                            "--noise: choose a factor from 0 to 1000": [no, "--noise", -1],
                            "--least-area: choose a percentage from 0 to 100": [no, "--least-area", 101],
                            "--min-frames: choose 1 to 1000 pictures": ["--boxes", no, "--min-frames", 0],
                            "--min-frames goes with --boxes": [no, "--min-frames", 3],
                            "--color goes with --overlay": [no, "--color", "red"],
                            "--color nothing: is not a color": [no, "--overlay", "--color", "nothing"],
                            "name an output for the pictures": ["--overlay", "--boxes", self.path("no.jsonl")],
                            "name an output": [],
                            "is also the output": [no, "--boxes", no],
                            "--boxes goes with one input": ["--output-dir", self.folder, "--boxes", self.path("no.jsonl")],
                            "is the input itself": [no, "--boxes", source]}.items():
            with self.subTest(words):
                done = self.segment(source, *args, code=2)
                self.assertIn(words, done.text)
                self.assert_one_line(done)
                self.assertEqual(os.listdir(self.folder), [])
        fields = self.clip("fields.mp4", *test_source(), "-vf", "setfield=tff", "-flags", "+ilme+ildct", "-x264opts", "tff=1",
                           *X264)
        self.assertIn("--deinterlace", self.segment(fields, no, code=3).text)
        self.segment(fields, self.path("whole.mkv"), "--deinterlace=all", *LOSSLESS)


if __name__ == "__main__":
    unittest.main()
