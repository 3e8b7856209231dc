#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a bench, or reads its JSON, and prints times in ms side by side, with the accuracy of each.

    bench/compare.py build/bench/bench_resize [--filter REGEX] [--repetitions N] [--cpu avx2] [--json OUT]
    bench/compare.py build/bench/bench_resize --with Simd=./bench_simd
    bench/compare.py results.json...

The repetitions of all rows are interleaved at random, so that a busy moment of the machine spreads over all.

--with NAME=PROGRAM adds a library that this tree does not know. PROGRAM takes Google Benchmark's options and names its
rows CASE/WHO/THREADS as the bench does (resize_bilinear/u8x3/1080p_to_720p/simd/1); it is run in turn with the bench,
once per round of --rounds.

--cpu holds fluxel and, through their own switches, the other libraries to an instruction set.

"equal" names the fastest of the other libraries whose mean error is at most .05 above ours; the last two columns are our
best time over its, and over a copy of the same bytes. A time in brackets is of a less accurate result.
"""

import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

OURS = ["cpu", "resizer", "cuda"]
AS_ACCURATE = 0.05  # of a grey level, mean error
# What other libraries read at their start.
ENVIRONMENT = {
    "avx2": {"OPENCV_CPU_DISABLE": "AVX512_SKX,AVX512_ICL,AVX512F", "ONEDNN_MAX_CPU_ISA": "AVX2"},
    "sse4": {"OPENCV_CPU_DISABLE": "AVX512_SKX,AVX512_ICL,AVX512F,AVX2,FMA3,AVX", "ONEDNN_MAX_CPU_ISA": "SSE41"},
}


def run(program, args, path, repetitions):
    command = [program, f"--benchmark_repetitions={repetitions}", "--benchmark_enable_random_interleaving=true",
               f"--benchmark_min_time={args.min_time}", "--benchmark_format=console", "--benchmark_out_format=json",
               f"--benchmark_out={path}", f"--benchmark_filter={args.filter}"]
    environment = dict(os.environ)
    if args.cpu:
        environment.update(ENVIRONMENT.get(args.cpu, {}), FLUXEL_CPU=args.cpu.upper())
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    with open(path) as f:
        return json.load(f)


def run_all(args):
    """The results of the bench, and after it those of the others, merged row by row."""
    if args.others and args.repetitions < args.rounds:
        args.rounds = args.repetitions
    rounds = args.rounds if args.others else 1
    merged = None
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "results.json")
        for turn in range(rounds):
            repetitions = (args.repetitions + turn) // rounds
            for program in [args.source[0]] + [other.partition("=")[2] for other in args.others]:
                results = run(program, args, path, max(repetitions, 1))
                if merged is None:
                    merged = results
                else:
                    merged["benchmarks"] += results["benchmarks"]
    for other in args.others:
        merged["context"].setdefault(other.partition("=")[0].lower(), "given with --with")
    if args.cpu:
        merged["context"]["held to"] = args.cpu
    return merged


class Row:
    """What one library did with one case: its times, and how far it is from the exact result."""

    def __init__(self):
        self.times, self.error = [], None

    def time(self, fastest):
        return min(self.times) if fastest else sorted(self.times)[len(self.times) // 2]


def table_of(results):
    """{(case, threads): {who: Row}}, in the order of the bench."""
    table = collections.defaultdict(lambda: collections.defaultdict(Row))
    for b in sorted(results["benchmarks"], key=lambda b: b.get("family_index", 0)):
        if b.get("run_type") == "aggregate" or b.get("error_occurred"):
            continue
        case, who, threads = b["run_name"].removesuffix("/manual_time").removesuffix("/real_time").rsplit("/", 2)
        row = table[case, int(threads)][who]
        row.times.append(b["real_time"])
        row.error = b.get("mean error", row.error)
    return table


def accuracy(rows):
    errors = [rows[who].error for who in OURS if who in rows and rows[who].error is not None]
    return min(errors, default=None)


def equal(row, ours):
    return ours is None or row.error is None or row.error <= ours + AS_ACCURATE


def print_table(results, fastest):
    table = table_of(results)
    context = results["context"]
    found = {who for rows in table.values() for who in rows}
    others = sorted(found - set(OURS) - {"memcpy"})
    columns = [c for c in OURS if c in found] + others + ["memcpy"] * ("memcpy" in found)
    versions = ", ".join(f"{o} {context[o]}" for o in others if o in context)
    print(f"fluxel {context.get('fluxel', '')}, {versions}; {context['num_cpus']} processors, {context['date'][:10]}; "
          f"ms, {'minima' if fastest else 'medians'} of {max(len(r.times) for t in table.values() for r in t.values())}\n")
    print("| case | threads | " + " | ".join(columns) + " | equal | ours / equal | ours / memcpy |")
    print("|---" * (len(columns) + 5) + "|")
    behind = []
    for (case, threads), rows in table.items():
        times = {who: row.time(fastest) for who, row in rows.items()}
        best = min((times[c] for c in OURS if c in times), default=None)
        ours = accuracy(rows)
        rivals = {who: times[who] for who in others if who in times and equal(rows[who], ours)}
        cells = []
        for c in columns:
            text = f"{times[c]:.3f}" if c in times else ""
            cells.append(f"({text})" if text and c in others and c not in rivals else text)
        first = min(rivals, key=rivals.get, default="")
        ratio = best / rivals[first] if best and first else None
        to_copy = best / times["memcpy"] if best and "memcpy" in times else None
        if ratio and ratio > 1:
            behind.append(case)
        print(f"| {case.removeprefix('resize_bilinear/')} | {threads or 'all'} | " + " | ".join(cells) + f" | {first} | "
              + (f"{ratio:.2f}" if ratio else "") + " | " + (f"{to_copy:.2f}" if to_copy else "") + " |")
    print_errors(table, others)
    print(f"\n{len(behind)} rows behind a library of equal accuracy" + (": " + ", ".join(behind) if behind else ""))


def print_errors(table, others):
    """The accuracy of every library, once per case."""
    lines = {}
    for (case, _), rows in table.items():
        errors = {who: rows[who].error for who in ["cpu"] + others if who in rows and rows[who].error is not None}
        if errors:
            lines.setdefault(case, {}).update(errors)
    if not lines:
        return
    columns = [c for c in ["cpu"] + others if any(c in e for e in lines.values())]
    print("\nMean distance from the exact result, in units of the pixels (rounding to bytes alone: .25):\n")
    print("| case | " + " | ".join("fluxel" if c == "cpu" else c for c in columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for case, errors in lines.items():
        print(f"| {case.removeprefix('resize_bilinear/')} | "
              + " | ".join(f"{errors[c]:.3g}" if c in errors else "" for c in columns) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="+", help="a bench program, or JSON files that one wrote")
    parser.add_argument("--filter", default=".")
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--min-time", type=float, default=0.02)
    parser.add_argument("--fastest", action="store_true", help="minima instead of medians, for a busy machine")
    parser.add_argument("--with", dest="others", action="append", default=[], metavar="NAME=PROGRAM",
                        help="another library's bench; may be given again")
    parser.add_argument("--rounds", type=int, default=3, help="turns of the bench and the --with programs")
    parser.add_argument("--cpu", choices=["avx2", "sse4"], help="the newest instruction set that anyone may use")
    parser.add_argument("--json", help="keep the JSON here")
    args = parser.parse_args()
    for other in args.others:
        name, separator, program = other.partition("=")
        if not name or not separator or not os.access(program, os.X_OK):
            parser.error(f"--with {other}: NAME=PROGRAM is wanted, and a program that can be run")
    if args.source[0].endswith(".json"):
        results = None
        for path in args.source:
            with open(path) as f:
                one = json.load(f)
            if results is None:
                results = one
            else:
                results["benchmarks"] += one["benchmarks"]
    else:
        if len(args.source) > 1:
            parser.error("one bench program at a time; --with adds others")
        results = run_all(args)
    if args.json:
        with open(args.json, "w") as f:
            json.dump(results, f, indent=1)
    print_table(results, args.fastest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
