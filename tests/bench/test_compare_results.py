#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench/compare_results.py on made-up results."""
import contextlib
import io
import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench"))
import compare_results  # noqa: E402


def rows(**microseconds):
    return [{"name": name, "run_type": "iteration", "real_time": t, "time_unit": "us"} for name, t in microseconds.items()]


class CompareResults(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.store("gpu_new.json", "A", "2026-02-01", rows(resize=100.0, flow=50.0, gone=1.0))
        self.store("gpu_old.json", "A", "2026-01-01", rows(resize=1.0))
        self.store("gpu_other.json", "B", "2026-03-01", rows(resize=1.0))

    def tearDown(self):
        self.folder.cleanup()

    def write(self, name, content):
        path = os.path.join(self.folder.name, name)
        with open(path, "w") as f:
            f.write(content)
        return path

    def store(self, name, gpu, date, benchmarks):
        self.write(name, json.dumps({"gpu": gpu, "date": date, "benchmarks": benchmarks}))

    def compare(self, benchmarks, gpu="A", more=()):
        path = self.write("bench_now.json", json.dumps({"benchmarks": benchmarks}))
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            code = compare_results.main(["--stored", self.folder.name, "--gpu", gpu, path, *more])
        return code, printed.getvalue()

    def test_up_to_the_limit_is_good(self):
        code, text = self.compare(rows(resize=106.9, flow=40.0, added=1.0))
        self.assertEqual(code, 0, text)
        self.assertIn("not stored: added", text)
        self.assertIn("not measured now: gone", text)
        self.assertIn("gpu_new.json", text)  # the newest of the model

    def test_slower_than_the_limit_fails(self):
        code, text = self.compare(rows(resize=107.2, flow=50.0))
        self.assertEqual(code, 1, text)
        self.assertIn("| resize | 100.00 | 107.20 | 1.072 SLOWER |", text)
        self.assertEqual(self.compare(rows(resize=107.2), more=["--limit", "10"])[0], 0)

    def test_units_and_repetitions(self):
        repeated = [dict(row, run_name="resize", time_unit="ms") for t in (0.1, 0.1, 9.0) for row in rows(r=t)]
        mean = dict(rows(resize=9000.0)[0], run_type="aggregate", aggregate_name="mean")
        self.assertEqual(self.compare(repeated + [mean])[0], 0)

    def test_nothing_to_compare_with(self):
        self.assertEqual(self.compare(rows(resize=1.0), gpu="C")[0], 77)
        self.assertEqual(self.compare([])[0], 2)

    def test_a_result_that_is_not_whole_is_named(self):
        half = self.write("bench_half.json", '{"benchmarks": [')
        code, text = self.compare(rows(resize=100.0), more=[half])
        self.assertEqual(code, 0, text)
        self.assertIn("bench_half.json: not read", text)


if __name__ == "__main__":
    unittest.main()
