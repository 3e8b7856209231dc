#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The record tools on a made-up visit: what the GPU would have written is what the CPU writes, until a bug is planted.

usage: test_record.py PARITY_CPU
"""
import copy
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import record

PARITY_CPU = ""
PROGRAM_HASH = "ab" * 32


def write(folder, name, text):
    with open(os.path.join(folder, name), "w") as f:
        f.write(text)


def make_visit(folder):
    """What tests/gpu/check leaves behind, with a GPU that computes as the CPU does."""
    cpu = os.path.join(folder, "cpu.json")
    subprocess.run([PARITY_CPU, "--cases", "5", "--backends", "scalar", "--json", cpu], check=True, capture_output=True)
    run = record.load(cpu)
    for op in run["operations"]:
        op["backends"] = {"cuda": op["hashes"]}
    write(folder, "parity.json", json.dumps(run))
    write(folder, "gpu.csv", "Made-up GPU, 1.2.3, 9.0, 1000 MiB, 1 MHz, 1 MHz\n")
    write(folder, "date", "2026-01-02\n")
    write(folder, "build.json", json.dumps({"nvcc": "13.0", "flags": ["-fmad=false"], "program": PROGRAM_HASH,
                                            "machine_code": {"90": ["00" * 32]}}))
    write(folder, "parity_cuda.sha256", PROGRAM_HASH + "\n")
    steps = ["parity", "parity_jit", *record.SANITIZERS]
    write(folder, "steps.jsonl", "".join(json.dumps({"step": s, "exit": 0, "seconds": 1}) + "\n" for s in steps))
    for tool in record.SANITIZERS:
        write(folder, tool + ".log", "========= ERROR SUMMARY: 0 errors\n")
    write(folder, "bench_resize.json", json.dumps({"benchmarks": [{"name": "resize", "real_time": 1.0}]}))


class Record(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        make_visit(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def make(self):
        return record.make(self.folder.name)

    def check(self, r, parity_cuda=None):
        lines, good = record.check(r, PARITY_CPU, parity_cuda)
        return "\n".join(lines), good

    def test_a_clean_visit_holds(self):
        text, good = self.check(self.make())
        self.assertTrue(good, text)
        self.assertIn("resize.linear: 5 cases equal on CPU and GPU", text)
        self.assertNotIn("STALE", text)

    def test_a_different_byte_on_the_gpu_fails(self):
        r = self.make()
        r["operations"]["resize.linear"]["gpu"][3] = "0" * 16
        text, good = self.check(r)
        self.assertFalse(good)
        self.assertIn("1 DIFFERENT, the first is case 3", text)

    def test_changed_cases_and_revisions_are_stale(self):
        r = self.make()
        r["operations"]["resize.linear"]["inputs"][0] = "0" * 16
        r["operations"]["resize.nearest"]["bytes_revision"] += 1
        text, good = self.check(r)
        self.assertTrue(good)
        self.assertIn("resize.linear: 4 cases equal on CPU and GPU, 1 STALE", text)
        self.assertIn("resize.nearest: 0 cases equal on CPU and GPU, 5 STALE", text)

    def test_an_operation_without_record_is_named(self):
        r = self.make()
        del r["operations"]["resize.recipe"]
        self.assertIn("resize.recipe: not in the record", self.check(r)[0])

    def test_sanitizer_errors_fail(self):
        write(self.folder.name, "racecheck.log", "========= RACECHECK SUMMARY: 2 hazards displayed\n")
        self.assertFalse(self.check(self.make())[1])

    def test_explained_errors_hold_and_are_printed(self):
        write(self.folder.name, "initcheck.log", "========= ERROR SUMMARY: 7 errors\n")
        r = self.make()
        self.assertFalse(self.check(r)[1])
        record.add_exception(r, "initcheck", "padding that nobody uses")
        text, good = self.check(r)
        self.assertTrue(good, text)
        self.assertIn("initcheck: 7 errors recorded, EXCEPTED: padding that nobody uses", text)

    def test_an_exception_explains_its_own_errors_only(self):
        write(self.folder.name, "initcheck.log", "========= ERROR SUMMARY: 7 errors\n")
        explained = self.make()
        record.add_exception(explained, "initcheck", "padding")
        for change in ({"initcheck": 8}, {"memcheck": 1}):  # other errors than those, of it or another tool
            r = copy.deepcopy(explained)
            r["sanitizers"].update(change)
            self.assertFalse(self.check(r)[1], change)
        for exceptions in ({"initcheck": {"errors": 7, "reason": " "}}, {"valgrind": {"errors": 1, "reason": "no"}}):
            r = copy.deepcopy(explained)
            r["exceptions"] = exceptions
            self.assertFalse(self.check(r)[1], exceptions)
        self.assertRaises(ValueError, record.add_exception, explained, "memcheck", "there are none")
        self.assertRaises(ValueError, record.add_exception, explained, "initcheck", "")

    def test_a_failed_bench_does_not_void_the_record(self):
        write(self.folder.name, "bench_flow.json", '{"benchmarks": [{"name": "half')
        path = os.path.join(self.folder.name, "steps.jsonl")
        write(self.folder.name, "steps.jsonl",
              record.read(path) + '{"step": "bench_flow", "exit": 124, "seconds": 40}\n')
        r = self.make()
        self.assertEqual([b["name"] for b in r["benchmarks"]], ["resize"])
        text, good = self.check(r)
        self.assertTrue(good, text)
        self.assertIn("bench_flow: failed at the visit (exit 124)", text)

    def test_an_absent_sanitizer_is_not_run(self):
        path = os.path.join(self.folder.name, "steps.jsonl")
        text = record.read(path).replace('"memcheck", "exit": 0', '"memcheck", "exit": 77')
        write(self.folder.name, "steps.jsonl", text)
        text, good = self.check(self.make())
        self.assertTrue(good)
        self.assertIn("memcheck: NOT RUN", text)

    def test_no_record_of_a_failed_visit_or_another_program(self):
        write(self.folder.name, "parity_cuda.sha256", "cd" * 32)
        self.assertRaises(ValueError, self.make)
        make_visit(self.folder.name)
        path = os.path.join(self.folder.name, "steps.jsonl")
        write(self.folder.name, "steps.jsonl", record.read(path).replace('"parity", "exit": 0', '"parity", "exit": 1'))
        self.assertRaises(ValueError, self.make)

    def test_machine_code_is_compared(self):
        r = self.make()
        current = copy.deepcopy(r)
        record.fatbin.machine_code, original = (lambda _: {"90": ["11" * 32]}), record.fatbin.machine_code
        try:
            self.assertIn("STALE, 1 of 1 images are new", self.check(r, "parity_cuda")[0])
            current["machine_code"] = {"90": ["11" * 32]}
            self.assertIn("the recorded one", self.check(current, "parity_cuda")[0])
        finally:
            record.fatbin.machine_code = original

    def test_the_command_line(self):
        path = os.path.join(self.folder.name, "made.json")
        self.assertEqual(record.main("make", [self.folder.name, path]), 0)
        self.assertEqual(record.main("check", [PARITY_CPU, path]), 0)
        self.assertEqual(record.main("check", [PARITY_CPU]), 77)
        write(self.folder.name, "made.json", "{}")
        self.assertEqual(record.main("check", [PARITY_CPU, path]), 1)


HANGS = "#!/bin/sh\nexec sleep 1000\n"
PARITY = """#!/bin/sh
# Writes what the prepared run wrote.
while [ $# -gt 0 ]; do [ "$1" != --json ] || cp "$(dirname "$0")/run.json" "$2"; shift; done
"""


class Check(unittest.TestCase):
    """tests/gpu/check with made-up tools, on a machine without a GPU."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.kit, self.tools, self.out = (os.path.join(self.folder.name, n) for n in ("kit", "tools", "out"))
        for folder in (self.kit, self.tools):
            os.mkdir(folder)
        visit = os.path.join(self.folder.name, "visit")
        os.mkdir(visit)
        make_visit(visit)
        here = os.path.dirname(os.path.abspath(__file__))
        for name in ("check", "record.py", "fatbin.py"):
            shutil.copy(os.path.join(here, name), self.kit)
        shutil.copy(os.path.join(visit, "parity.json"), os.path.join(self.kit, "run.json"))
        self.tool(self.kit, "parity_cuda", PARITY)
        build = record.load(os.path.join(visit, "build.json"))
        build["program"] = hashlib.sha256(PARITY.encode()).hexdigest()
        write(self.kit, "build.json", json.dumps(build))
        self.tool(self.tools, "nvidia-smi", '#!/bin/sh\n[ "$1" = -L ] || echo "Made-up GPU, 1.2.3, 9.0, 1 MiB, 1, 1"\n')
        self.tool(self.tools, "compute-sanitizer", "#!/bin/sh\necho '========= ERROR SUMMARY: 0 errors'\n")
        self.tool(self.tools, "ncu", "#!/bin/sh\n")

    def tearDown(self):
        self.folder.cleanup()

    @staticmethod
    def tool(folder, name, text):
        write(folder, name, text)
        os.chmod(os.path.join(folder, name), 0o755)

    def visit(self, seconds):
        """Exit code, what was printed, and the seconds it took."""
        start = time.monotonic()
        ran = subprocess.run([os.path.join(self.kit, "check")], capture_output=True, text=True,
                             env={**os.environ, "PATH": self.tools + ":" + os.environ["PATH"], "OUT": self.out,
                                  "SECONDS_IN_ALL": str(seconds)})
        return ran.returncode, ran.stdout + ran.stderr, time.monotonic() - start

    def recorded(self):
        return record.load(os.path.join(self.out, "record.json"))

    def test_a_visit_where_all_goes_well(self):
        self.tool(self.kit, "bench_resize", "#!/bin/sh\n")
        code, text, _ = self.visit(60)
        self.assertEqual(code, 0, text)
        self.assertIn("resize.linear", self.recorded()["operations"])

    def test_a_bench_that_fails_leaves_a_record(self):
        self.tool(self.kit, "bench_resize", "#!/bin/sh\nexit 3\n")
        code, text, _ = self.visit(60)
        self.assertEqual(code, 1, text)
        self.assertEqual(self.recorded()["steps"]["bench_resize"], 3)
        self.assertEqual(self.recorded()["steps"]["ncu"], 0)  # the steps after it ran

    def test_what_was_timed_can_be_kept_alone(self):
        self.tool(self.kit, "bench_resize", """#!/bin/sh
for a; do case $a in --benchmark_out=*) echo '{"benchmarks": [{"name": "x", "real_time": 1}]}' >"${a#*=}";; esac; done
""")
        self.visit(60)
        path = os.path.join(self.folder.name, "benchmarks_made_up.json")
        self.assertEqual(record.main("benchmarks", [self.out, path]), 0)
        kept = record.load(path)
        self.assertEqual((kept["gpu"], [row["name"] for row in kept["benchmarks"]]), ("Made-up GPU", ["x"]))

    def test_it_ends_in_time_whatever_hangs(self):
        self.tool(self.tools, "compute-sanitizer", HANGS)
        code, text, seconds = self.visit(9)
        self.assertEqual(code, 1, text)
        self.assertLess(seconds, 15, text)  # and not 4 x 35
        self.assertIn("NOT RUN synccheck: no time is left", text)
        self.assertIn("resize.linear", self.recorded()["operations"])

    def test_the_limits_of_all_steps_fit(self):
        text = record.read(os.path.join(self.kit, "check"))
        limits = [int(n) for n in re.findall(r"^ *step \S+ (\d+) ", text, re.M)]
        self.assertEqual(len(limits), 8)
        self.assertLessEqual(sum(limits) + 40, 420)  # there are two benchmarks of CUDA


if __name__ == "__main__":
    PARITY_CPU = sys.argv.pop(1)
    unittest.main()
