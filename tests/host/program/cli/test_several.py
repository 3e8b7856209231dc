# SPDX-License-Identifier: Apache-2.0
"""Several inputs in one call."""

import json
import os
import unittest

from support import *


class Several(Case):
    def inputs(self):
        return [self.clip("a.png", *test_source("64x48"), "-frames:v", 1),
                self.clip("b.mp4", *test_source("64x48", 10), *X264)]

    def several(self, *args, **kwargs):
        return self.fluxel("resize", *args, "--device", "cpu", "--size", "50%", **kwargs)

    def test_names_and_folder(self):
        done = self.several(*self.inputs(), "--output-dir", self.path("new/small"))
        self.assertEqual(sorted(os.listdir(self.path("new/small"))), ["a.png", "b.mp4"])
        self.assertEqual(size(self.path("new/small/b.mp4")), (32, 24))
        self.assertEqual(done.text.count(" -> "), 2, done.text)
        self.several(*self.inputs(), "--output-dir", self.folder, "--output-name", "{number}-{name}-{ext}.mkv")
        self.assertEqual(sorted(os.listdir(self.folder)), ["1-a-png.mkv", "2-b-mp4.mkv", "new"])

    def test_a_failure_does_not_stop_the_others(self):
        with open(self.path("broken.png"), "w") as f:
            f.write("no picture")
        inputs = [self.path("broken.png"), self.inputs()[0], self.path("missing.png"), self.inputs()[1]]
        done = self.several(*inputs, "--output-dir", self.path("small"), "--json", code=3)
        self.assertEqual(sorted(os.listdir(self.path("small"))), ["a.png", "b.mp4"])
        self.assertIn("2 of 4 failed", done.text)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([line["input"] for line in found], inputs)
        self.assertEqual([line.get("exit_status", 0) for line in found], [3, 0, 3, 0])
        self.assertIn("no such file", found[2]["error"])

    def test_existing_files_are_kept(self):
        with open(self.path("a.png"), "w") as f:
            f.write("mine")
        self.several(*self.inputs(), "--output-dir", self.folder, code=5)
        with open(self.path("a.png")) as f:
            self.assertEqual(f.read(), "mine")
        self.assertEqual(size(self.path("b.mp4")), (32, 24))
        self.several(*self.inputs(), "--output-dir", self.folder, "-y")
        self.assertEqual(size(self.path("a.png")), (32, 24))

    def test_what_cannot_be_meant(self):
        a, b = self.inputs()
        os.mkdir(self.path("f"))
        os.link(a, self.path("f/a.png"))
        for words, args in [("--output-dir", [a, b, self.path("c.mp4")]), ("both", [a, self.path("f/a.png"), "--output-dir",
                            self.path("o")]), ("{stem}", [a, "--output-dir", self.path("o"), "--output-name", "{stem}.png"]),
                            ("--output-name goes", [a, self.path("o.png"), "--output-name", "x.png"]),
                            ("named by -o already", [a, self.path("o.png"), "-o", self.path("p.png")]),
                            ("both name an output", [a, "-o", self.path("p.png"), "--output-dir", self.path("o")]),
                            ("is the input itself", [self.path("f/a.png"), "--output-dir", self.path("f"), "-y"]),
                            ("name an output", [a]), ("--device", [a, b, "--output-dir", self.path("o"), "--device", "gpu"])]:
            done = self.fluxel("resize", "--size", "50%", *args, code=2)
            self.assertIn(words, done.text)
            self.assert_one_line(done)
        self.assertEqual(os.listdir(self.folder), ["f"])

    def test_upsample_too(self):
        self.fluxel("upsample", *self.inputs(), "--factor", 2, "--output-dir", self.path("large"), "--device", "cpu")
        self.assertEqual([size(self.path("large/" + f)) for f in ("a.png", "b.mp4")], [(128, 96)] * 2)


if __name__ == "__main__":
    unittest.main()
