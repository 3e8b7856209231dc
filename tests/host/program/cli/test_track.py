# SPDX-License-Identifier: Apache-2.0
"""fluxel track on a texture whose motion is known: the list, the drawings, and what it refuses."""

import csv
import hashlib
import json
import math
import os
import struct
import unittest

from support import *

WIDTH, HEIGHT, FRAMES = 120, 90, 6
SHIFT = (2, -1)  # px per frame


def texture(n):
    """Frame n: corners of all sizes, moving by SHIFT."""
    out = bytearray()
    for y in range(HEIGHT):
        for x in range(WIDTH):
            a, b = x - SHIFT[0] * n, y - SHIFT[1] * n
            t = math.sin(a / 3.1) * math.sin(b / 2.7) + math.sin((a + b) / 7.3) * math.sin((a - b) / 5.9)
            out.append(round(128 + 60 * t))
    return bytes(out)


class Track(Case):
    def video(self):
        path = os.path.join(self.clips, "video.raw")
        if not os.path.exists(path):
            with open(path, "wb") as f:
                f.write(b"".join(texture(n) for n in range(FRAMES)))
        return self.clip("video.mkv", "-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", 25, "-i",
                         path, "-c:v", "ffv1")

    def track(self, *args, **kwargs):
        return self.fluxel("track", *args, "--device", "cpu", **kwargs)

    def refuse(self, code, words, *args):
        done = self.track(*args, code=code)
        self.assert_one_line(done)
        self.assertIn(words, done.text)

    def rows(self, name="a.csv"):
        with open(self.path(name)) as f:
            return [{"frame": int(r["frame"]), "id": int(r["id"]), "x": float(r["x"]), "y": float(r["y"]),
                     "error": float(r["error"]), "status": r["status"], "time": float(r["time"])} for r in csv.DictReader(f)]

    def test_checksums_are_those_of_the_points(self):
        def md5(name, *args):
            self.track(self.video(), "-o", self.path(name + ".csv"), "--frame-md5", self.path(name), "-y", *args)
            with open(self.path(name)) as f:
                return f.read().splitlines()
        lines = md5("a", "--threads", 1)
        self.assertEqual(lines[0], "#fluxel track-md5 1")
        status = {"new": -1, "tracked": 0, "outside": 2, "flat": 3, "not_converged": 4, "inconsistent": 5}
        wanted = []
        for n in range(FRAMES):
            points = [r for r in self.rows() if r["frame"] == n]
            packed = b"".join(struct.pack("<ifffi", r["id"], r["x"], r["y"], r["error"], status[r["status"]])
                              for r in points)
            wanted.append(f"{n},{len(points)},{hashlib.md5(packed).hexdigest()}")
        self.assertEqual(lines[2:], wanted)
        self.assertEqual(md5("b", "--threads", 3), lines)
        self.assertNotEqual(md5("c", "--window", 9), lines)

    def test_points_move_with_the_texture(self):
        self.track(self.video(), "-o", self.path("a.csv"), "--max-corners", 60, "--redetect", 0)
        with open(self.path("a.csv")) as f:
            self.assertEqual(f.readline(), "frame,id,x,y,error,status,time\n")
        rows = self.rows()
        first = {r["id"]: r for r in rows if r["frame"] == 0}
        self.assertGreater(len(first), 20)
        self.assertLessEqual(len(first), 60)
        self.assertTrue(all((r["status"] == "new") == (r["frame"] == 0) for r in rows))
        margin = 20  # px: windows that reach over the border see it repeat
        inner = [r for r in rows if r["status"] == "tracked"
                 and margin < first[r["id"]]["x"] < WIDTH - margin and margin < first[r["id"]]["y"] < HEIGHT - margin]
        self.assertGreater(len(inner), 5 * FRAMES)
        for r in inner:
            self.assertAlmostEqual(r["x"], first[r["id"]]["x"] + r["frame"] * SHIFT[0], delta=0.2)
            self.assertAlmostEqual(r["y"], first[r["id"]]["y"] + r["frame"] * SHIFT[1], delta=0.2)
            self.assertLess(r["error"], 2)

    def test_a_lost_point_is_seen_no_more(self):
        self.track(self.video(), "-o", self.path("a.csv"), "--redetect", 0)
        ended = {}
        for r in self.rows():
            self.assertNotIn(r["id"], ended)
            self.assertIn(r["status"], ("new", "tracked", "outside", "flat", "not_converged", "inconsistent"))
            if r["status"] not in ("new", "tracked"):
                ended[r["id"]] = r["frame"]
        self.assertTrue(ended)  # the texture leaves at the right and at the top

    def test_new_corners_replace_lost_ones(self):
        self.track(self.video(), "-o", self.path("a.csv"), "--redetect", 2, "--min-distance", 6)
        rows = self.rows()
        self.assertEqual({r["frame"] for r in rows if r["status"] == "new"} - {0, 2, 4}, set())
        self.assertTrue(any(r["frame"] == 4 and r["status"] == "new" for r in rows))
        seen = [(r["x"], r["y"]) for r in rows if r["frame"] == 4 and r["status"] in ("new", "tracked")]
        new = [(r["x"], r["y"]) for r in rows if r["frame"] == 4 and r["status"] == "new"]
        for a in new:
            self.assertTrue(all(a == b or math.dist(a, b) > 5.99 for b in seen))
        ids = [r["id"] for r in rows if r["status"] == "new"]
        self.assertEqual(ids, sorted(set(ids)))

    def cut(self):
        """Three frames of one scene, then three of another."""
        return self.clip("cut.mkv", "-i", self.video(), "-vf",
                         "select='lt(n,3)',split[a][b];[b]transpose=clock,crop=90:90,scale=120:90,negate[c];"
                         "[a][c]concat", "-c:v", "ffv1")

    def test_new_corners_at_a_cut(self):
        def new(*args):
            self.track(self.cut(), "-o", self.path("a.csv"), "-y", *args)
            return {r["frame"] for r in self.rows() if r["status"] == "new"}
        self.assertEqual(new(), {0, 3})
        rows = self.rows()
        living = [r for r in rows if r["frame"] == 3 and r["status"] in ("new", "tracked")]
        for a in living:
            self.assertTrue(all(a is b or math.dist((a["x"], a["y"]), (b["x"], b["y"])) > 7.99 for b in living
                                if "new" in (a["status"], b["status"])))
        ids = [r["id"] for r in rows if r["status"] == "new"]
        self.assertEqual(ids, sorted(set(ids)))
        self.assertEqual(new("--redetect-below", 0), {0})
        self.assertEqual(new("--redetect", 0), {0})
        self.assertEqual(new("--redetect", 0, "--redetect-below", 0.5), {0, 3})

    def test_new_corners_when_few_points_are_left(self):
        for fraction in (0.7, 0.9, 0.98):
            self.track(self.video(), "-o", self.path("a.csv"), "-y", "--redetect", 0, "--redetect-below", fraction)
            rows, searches = self.rows(), 0
            for n in range(FRAMES):
                here = [r["status"] for r in rows if r["frame"] == n]
                left = here.count("tracked")
                if n == 0 or left < fraction * after:
                    after, searches = left + here.count("new"), searches + 1
                else:
                    self.assertNotIn("new", here)
            found = {r["frame"] for r in rows if r["status"] == "new"}
            self.assertLessEqual(len(found), searches)
            self.assertEqual(len(found) > 1, fraction > 0.7, (fraction, found))

    def test_new_corners_after_black(self):
        black = self.clip("black.mkv", "-i", self.video(), "-vf", "drawbox=t=fill:color=black:enable='lt(n,2)'",
                          "-c:v", "ffv1")
        self.track(black, "-o", self.path("a.csv"))
        self.assertEqual({r["frame"] for r in self.rows() if r["status"] == "new"}, {2})

    def file(self, name, text):
        with open(self.path(name), "w") as f:
            f.write(text)
        return self.path(name)

    def test_given_points_are_followed_alone(self):
        given = self.file("p.txt", "# by hand\n\n40 50\n  61.5\t30.25  # between pixels\n70,45\r\n-0 89\n")
        self.track(self.video(), "-o", self.path("a.csv"), "--points", given)
        rows = self.rows()
        self.assertEqual([(r["id"], r["x"], r["y"], r["status"]) for r in rows if r["frame"] == 0],
                         [(0, 40, 50, "new"), (1, 61.5, 30.25, "new"), (2, 70, 45, "new"), (3, 0, 89, "new")])
        self.assertEqual({r["id"] for r in rows if r["frame"] > 0}, {0, 1, 2, 3})
        self.assertFalse([r for r in rows if r["frame"] > 0 and r["status"] == "new"])
        for r in rows:
            if r["id"] < 3:
                x, y = [(40, 50), (61.5, 30.25), (70, 45)][r["id"]]
                self.assertAlmostEqual(r["x"], x + r["frame"] * SHIFT[0], delta=0.2)
                self.assertAlmostEqual(r["y"], y + r["frame"] * SHIFT[1], delta=0.2)
        # More points than --max-corners are all followed; corners join them on request, with ids of their own.
        self.track(self.video(), "-o", self.path("b.csv"), "--points", given, "--max-corners", 2)
        self.assertEqual(self.rows("b.csv"), rows)
        self.track(self.video(), "-o", self.path("c.csv"), "--points", given, "--redetect", 2)
        joined = [r for r in self.rows("c.csv") if r["status"] == "new" and r["frame"] > 0]
        self.assertEqual([r["id"] for r in joined], list(range(4, 4 + len(joined))))
        self.assertEqual({r["frame"] for r in joined} - {2, 4}, set())
        self.assertIn(2, {r["frame"] for r in joined})

    def test_points_of_a_list(self):
        self.track(self.video(), "-o", self.path("a.csv"), "--redetect", 0)
        self.track(self.video(), "-o", self.path("b.csv"), "--points", self.path("a.csv"))
        self.assertEqual(self.rows("b.csv"), self.rows("a.csv"))
        self.track(self.video(), "-o", self.path("a.jsonl"), "--redetect", 0)
        self.track(self.video(), "-o", self.path("j.csv"), "--points", self.path("a.jsonl"))
        self.assertEqual(self.rows("j.csv"), self.rows("a.csv"))
        with open(self.path("a.csv")) as f:
            lines = f.read().splitlines()
        some = self.file("some.csv", "\n".join([lines[0]] + lines[30:4:-5]) + "\n")  # ids stay, and are sorted
        self.track(self.video(), "-o", self.path("c.csv"), "--points", some)
        kept = {r["id"] for r in self.rows("c.csv")}
        self.assertEqual(kept, {int(line.split(",")[1]) for line in lines[30:4:-5]})
        self.assertEqual(self.rows("c.csv"), [r for r in self.rows() if r["id"] in kept])
        lost = self.file("lost.csv", "y,x,status\n30,40,new\n31,41,outside\n32,42,tracked\n")
        self.track(self.video(), "-o", self.path("d.csv"), "--points", lost, "--duration", 0.04)
        self.assertEqual([(r["id"], r["x"], r["y"]) for r in self.rows("d.csv")], [(0, 40, 30), (1, 42, 32)])

    def test_points_that_cannot_be_read(self):
        def refuse(words, text):
            given = self.file("p.txt", text)
            self.refuse(3, words.replace("FILE", "--points " + given), self.video(), "-o", self.path("a.csv"),
                        "--points", given)
        refuse('FILE:3: "30" is not two numbers', "1 2\n\n30\n")
        refuse('FILE:1: "1 2 3" is not two numbers', "1 2 3\n")
        refuse('FILE:2: "4 five" is not two numbers', "1 2\n4 five\n")
        refuse('FILE:1: "nan 1" is not two numbers', "nan 1\n")
        refuse("FILE: has no points", "# nothing\n")
        refuse("FILE: has no points", "x,y\n")
        refuse("FILE:2: has no y", "id,x\n1,2\n")
        refuse("FILE:1: has no y", '{"x": 1}\n')
        refuse("FILE:2: has no x", '{"x": 1, "y": 2}\n{"y": 1}\n')
        refuse("FILE:1: is not an object", '{"x": 1, "y": 2\n')
        refuse("FILE:1: is not an object", '{}\n')
        refuse('FILE:1: "2 3" is not a number', '{"x": 1, "y": "2 3"}\n')
        refuse("FILE:3: has 1 columns, and the heading 2", "x,y\n1,2\n3\n")
        refuse('FILE:2: "b" is not a number', "x,y\n1,b\n")
        refuse('FILE:2: "-1" is not an id', "id,x,y\n-1,2,3\n")
        refuse("FILE:4: the id 7 is also that of line 2", "id,x,y\n7,2,3\n1,2,3\n7,4,5\n")
        for outside in ("119.01 3", "3 90", "-0.01 3", "3 -1"):
            refuse("FILE:2: the point lies outside the pictures of 120x90", "119 89\n" + outside + "\n")
        self.refuse(3, "--points " + self.path("none.txt"), self.video(), "-o", self.path("a.csv"), "--points",
                    self.path("none.txt"))
        self.assertEqual(os.listdir(self.folder), ["p.txt"])
        self.refuse(2, "is the input itself", self.video(), "-o", self.path("p.csv"), "--points",
                    self.file("p.csv", "1 2\n"), "-y")

    def test_points_that_come_to_unknown_places_are_masked(self):
        known = self.clip("known.png", "-f", "lavfi", "-i", "color=white:size=120x90", "-vf",
                          "format=gray,drawbox=50:0:20:90:black:fill", "-frames:v", 1)
        self.track(self.video(), "-o", self.path("a.csv"), "--redetect", 2, "--valid-mask", known)
        self.assertIn("masked", {r["status"] for r in self.rows()})
        for r in self.rows():
            self.assertFalse(r["status"] in ("new", "tracked") and 50 <= r["x"] <= 69, r)
        self.refuse(3, "--valid-mask: ", self.video(), "-o", self.path("d.csv"), "--valid-mask", self.path("none.png"))

    def test_corners_are_where_the_mask_is_white(self):
        def mask(name, size, *args):
            return self.clip(name, "-f", "lavfi", "-i", f"color=black:size={size}", "-vf",
                             "format=rgb24,drawbox=40:0:50:90:white:fill,drawbox=0:0:20:90:0x707070:fill", *args,
                             "-frames:v", 1)
        inside = mask("mask.png", "120x90")
        self.track(self.video(), "-o", self.path("a.csv"), "--redetect", 2)
        self.assertTrue([r for r in self.rows() if r["status"] == "new" and r["x"] < 40])
        for white in (inside, mask("deep.png", "120x90", "-pix_fmt", "gray16be"),
                      mask("mask.jpg", "120x90", "-q:v", 1)):
            self.track(self.video(), "-o", self.path("b.csv"), "-y", "--redetect", 2, "--mask", white)
            new = [r for r in self.rows("b.csv") if r["status"] == "new"]
            self.assertGreater(len(new), 10)
            self.assertIn(2, {r["frame"] for r in new})
            for r in new:
                self.assertTrue(40 <= r["x"] < 90, r)
            # Points move on beyond it.
            self.assertTrue([r for r in self.rows("b.csv") if r["status"] == "tracked" and r["x"] > 92])
        given = self.file("p.txt", "30 45\n")
        self.track(self.video(), "-o", self.path("c.csv"), "--mask", inside, "--points", given)
        self.assertEqual({r["id"] for r in self.rows("c.csv")}, {0})
        wrong = mask("wrong.png", "90x120")
        self.refuse(3, f"--mask {wrong}: is 90x120, and the pictures are 120x90", self.video(), "-o",
                    self.path("d.csv"), "--mask", wrong)
        self.refuse(3, "--mask: ", self.video(), "-o", self.path("d.csv"), "--mask", self.path("none.png"))
        self.refuse(3, "--mask: ", self.video(), "-o", self.path("d.csv"), "--mask", self.video())
        self.refuse(2, "is the input itself", self.video(), "-o", self.path("d.csv"), "--draw", inside, "--mask",
                    inside, "-y")
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.csv", "b.csv", "c.csv", "p.txt"])

    def test_json_lines_say_the_same(self):
        self.track(self.video(), "-o", self.path("a.csv"))
        self.track(self.video(), "-o", self.path("a.jsonl"), "--threads", 2)
        with open(self.path("a.jsonl")) as f:
            self.assertEqual([json.loads(line) for line in f], self.rows())

    def test_times_are_those_of_the_frames(self):
        def listed(source, *args):
            self.track(source, "-o", self.path("a.csv"), "-y", *args)
            rows = self.rows()
            times = {r["frame"]: r["time"] for r in rows}
            self.assertTrue(all(r["time"] == times[r["frame"]] for r in rows))
            return [times[n] for n in sorted(times)]
        self.assertEqual(listed(self.video()), [0, 0.04, 0.08, 0.12, 0.16, 0.2])
        self.assertEqual(listed(self.video(), "--every", 2), [0, 0.08, 0.16])
        # Of a part, in the whole input: what --start takes.
        self.assertEqual(listed(self.video(), "--start", 0.08), [0.08, 0.12, 0.16, 0.2])
        uneven = self.clip("uneven.mkv", "-i", self.video(), "-vf", "settb=1/1000,setpts=N*N*7", "-vsync",
                           "passthrough", "-enc_time_base", "1:1000", "-c:v", "ffv1")
        self.assertEqual(listed(uneven), [0, 0.007, 0.028, 0.063, 0.112, 0.175])
        ntsc = self.clip("ntsc.nut", "-r", "30000/1001", "-i", self.video(), "-c:v", "ffv1")
        self.assertEqual(listed(ntsc), [0, 0.033367, 0.066733, 0.1001, 0.133467, 0.166833])
        # Interlaced pictures become two each.
        self.assertEqual(listed(self.video(), "--deinterlace=fields", "--duration", 0.08), [0, 0.02, 0.04, 0.06])
        for name in ("frame1.png", "frame2.png"):
            self.clip(name, "-i", self.video(), "-frames:v", 1)
        self.assertEqual(listed(os.path.join(self.clips, "frame%d.png"), "--rate", 4), [0, 0.25])

    def test_drawings(self):
        self.track(self.video(), "-o", self.path("a.csv"), "--draw", self.path("a.mp4"), *FAST)
        self.assertEqual(video(self.path("a.mp4"))["nb_read_frames"], str(FRAMES))
        self.assertEqual(times(self.path("a.mp4")), [40 * n for n in range(FRAMES)])
        self.track(self.video(), "-o", self.path("b.csv"), "--draw", self.path("t%d.png"))
        self.track(self.video(), "-o", self.path("c.csv"), "--draw", self.path("one.png"), "--redetect", 0)
        self.assertEqual(sorted(os.listdir(self.folder)),
                         ["a.csv", "a.mp4", "b.csv", "c.csv", "one.png"] + [f"t{n}.png" for n in range(1, 7)])
        self.assertEqual(self.rows("a.csv"), self.rows("b.csv"))
        last, way = raw(self.path("t6.png")), raw(self.path("one.png"))
        for pixels in (last, way):
            self.assertEqual(len(pixels), 3 * WIDTH * HEIGHT)
        for r in self.rows("c.csv"):  # wherever a point was, there is color
            x, y = round(r["x"]), round(r["y"])
            if r["status"] == "tracked" and 0 <= x < WIDTH and 0 <= y < HEIGHT:
                self.assertGreater(len(set(way[3 * (y * WIDTH + x):][:3])), 1)
        grey = texture(FRAMES - 1)
        same = sum(last[3 * i:3 * i + 3] == bytes([g] * 3) for i, g in enumerate(grey))
        self.assertGreater(same, WIDTH * HEIGHT / 2)

    def test_corners_of_one_picture(self):
        picture = self.clip("one.png", "-i", self.video(), "-frames:v", 1)
        self.track(picture, "-o", self.path("a.csv"), "--max-corners", 7)
        self.assertEqual([(r["frame"], r["id"], r["status"]) for r in self.rows()], [(0, n, "new") for n in range(7)])

    def test_a_picture_without_corners(self):
        flat = self.clip("flat.mkv", "-f", "lavfi", "-i", "color=gray:size=64x48:rate=5:duration=1", "-c:v", "ffv1")
        self.track(flat, "-o", self.path("a.csv"))
        self.assertEqual(self.rows(), [])

    def test_refusals(self):
        source, out = self.video(), self.path("a.csv")
        for words, args in [("name an output", []), (".csv, .jsonl or .npz", ["-o", self.path("a.txt")]),
                            ("--window: must be odd", ["-o", out, "--window", 20]),
                            ("--max-corners: must be", ["-o", out, "--max-corners", 0]),
                            ("--forward-backward: must be", ["-o", out, "--forward-backward", -1]),
                            ("--redetect-below", ["-o", out, "--redetect-below", 1.5]),
                            ("--redetect-below", ["-o", out, "--redetect-below", "nan"]),
                            ("is also the output", ["-o", out, "--draw", out]),
                            ("is the input itself", ["-o", out, "--draw", source, "-y"]),
                            ("or one .png", ["-o", out, "--draw", self.path("a.jpg")]),
                            ("does not say which kind", ["-o", out, "--draw", self.path("a.xyz")])]:
            self.refuse(2, words, source, *args)
        self.refuse(3, "no such file", self.path("none.mp4"), "-o", out)
        self.refuse(5, "cannot write", source, "-o", self.path("none/a.csv"))
        self.assertEqual(os.listdir(self.folder), [])
        with open(out, "w") as f:
            f.write("mine")
        self.refuse(5, "exists", source, "-o", out)
        self.refuse(2, "does not say", source, "-o", out, "-y", "--draw", self.path("a.xyz"))
        with open(out) as f:
            self.assertEqual(f.read(), "mine")
        self.assertEqual(os.listdir(self.folder), ["a.csv"])
        self.refuse(5, "No space left on device", source, "-o", "/dev/full")

    def test_standard_output(self):
        done = self.track(self.video(), "-o", "-", "--quiet")
        self.assertEqual((done.text, done.stdout.splitlines()[0]), ("", b"frame,id,x,y,error,status,time"))


if __name__ == "__main__":
    unittest.main()
