#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a bench, or reads its JSON, and prints medians in ms side by side.

    bench/compare.py build/bench/bench_resize [--filter REGEX] [--repetitions N] [--json OUT]
    bench/compare.py results.json

The repetitions of all rows are interleaved at random, so that a busy moment of the machine spreads over all.
"""

import argparse
import collections
import json
import subprocess
import sys
import tempfile

COLUMNS = ["cpu", "resizer", "cuda", "opencv", "memcpy"]


def run(args, path):
    command = [args.source, f"--benchmark_repetitions={args.repetitions}", "--benchmark_enable_random_interleaving=true",
               f"--benchmark_min_time={args.min_time}", "--benchmark_format=console", "--benchmark_out_format=json",
               f"--benchmark_out={path}", f"--benchmark_filter={args.filter}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def times(path, fastest):
    """{(case, threads): {who: ms}}, in the order of the bench."""
    with open(path) as f:
        results = json.load(f)
    samples = collections.defaultdict(lambda: collections.defaultdict(list))
    for b in sorted(results["benchmarks"], key=lambda b: b["family_index"]):
        if b.get("run_type") == "aggregate" or b.get("error_occurred"):
            continue
        name = b["run_name"].removesuffix("/manual_time")
        case, who, threads = name.rsplit("/", 2)
        samples[case, int(threads)][who].append(b["real_time"])
    pick = min if fastest else lambda t: sorted(t)[len(t) // 2]
    return results["context"], {k: {w: pick(t) for w, t in v.items()} for k, v in samples.items()}


def print_table(context, table):
    present = [c for c in COLUMNS if any(c in row for row in table.values())]
    print(f"fluxel {context.get('fluxel', '')}, opencv {context.get('opencv', '')}, {context['num_cpus']} processors; ms")
    print("| case | threads |" + "".join(f" {c} |" for c in present) + " best / opencv | best / memcpy |")
    print("|---|---|" + "---|" * (len(present) + 2))
    behind = 0
    for (case, threads), row in table.items():
        ours = min((row[c] for c in ("cpu", "resizer", "cuda") if c in row), default=None)
        cells = "".join(f" {row[c]:.3f} |" if c in row else " |" for c in present)
        ratios = "".join(f" {ours / row[c]:.2f} |" if ours and c in row else " |" for c in ("opencv", "memcpy"))
        behind += bool(ours and "opencv" in row and max(row.get("cpu", ours), row.get("resizer", ours)) > row["opencv"])
        print(f"| {case.removeprefix('resize_bilinear/')} | {threads or 'all'} |{cells}{ratios}")
    print(f"{behind} rows behind opencv")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", help="a bench program, or the JSON that one wrote")
    parser.add_argument("--filter", default=".")
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--min-time", type=float, default=0.02)
    parser.add_argument("--fastest", action="store_true", help="minima instead of medians, for a busy machine")
    parser.add_argument("--json", help="keep the JSON here")
    args = parser.parse_args()
    if args.source.endswith(".json"):
        print_table(*times(args.source, args.fastest))
        return 0
    with tempfile.NamedTemporaryFile(suffix=".json") as scratch:
        path = args.json or scratch.name
        run(args, path)
        print_table(*times(path, args.fastest))
    return 0


if __name__ == "__main__":
    sys.exit(main())
