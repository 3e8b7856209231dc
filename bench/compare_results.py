#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares benchmark results with the newest stored ones of the same GPU model.

usage: compare_results.py --stored FOLDER --gpu NAME [--limit PERCENT] RESULT.json...

RESULT.json is what a program of Google Benchmark wrote; FOLDER has the records that tests/gpu/record.py makes
(gpu_*.json; benchmarks_*.json without parity). Of repetitions the median counts. Prints a table and exits 1 when a row is more than PERCENT (7) slower,
77 when nothing is stored of this model, 2 when the results have no row, else 0. Rows without a counterpart are named.
"""
import argparse
import glob
import json
import os
import statistics
import sys

UNITS = {"ns": 1e-3, "us": 1.0, "ms": 1e3, "s": 1e6}


def load(path):
    with open(path) as f:
        return json.load(f)


def times(rows):
    """{name: microseconds}: the median of each row's repetitions."""
    found = {}
    for row in rows:
        if row.get("run_type", "iteration") == "iteration" and not row.get("error_occurred"):
            name = row.get("run_name", row["name"])
            found.setdefault(name, []).append(row["real_time"] * UNITS[row["time_unit"]])
    return {name: statistics.median(values) for name, values in found.items()}


def newest(folder, gpu):
    """(path, record) of the newest record of this model, or None."""
    paths = [path for kind in ("gpu", "benchmarks") for path in glob.glob(os.path.join(folder, kind + "_*.json"))]
    records = [(path, load(path)) for path in sorted(paths)]
    records = [(path, r) for path, r in records if r["gpu"] == gpu and r.get("benchmarks")]
    return max(records, key=lambda found: found[1].get("date", ""), default=None)


def compare(then, now, limit):
    """Lines to print, and the names of the rows that are slower than the limit allows."""
    lines, slower = ["| case | stored, us | now, us | now / stored |", "|---|---|---|---|"], []
    for name in sorted(set(then) & set(now)):
        ratio = now[name] / then[name]
        lines.append(f"| {name} | {then[name]:.2f} | {now[name]:.2f} | {ratio:.3f}{' SLOWER' * (ratio > 1 + limit / 100)} |")
        if ratio > 1 + limit / 100:
            slower.append(name)
    lines += [f"not stored: {name}" for name in sorted(set(now) - set(then))]
    lines += [f"not measured now: {name}" for name in sorted(set(then) - set(now))]
    return lines, slower


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", nargs="+")
    parser.add_argument("--stored", required=True)
    parser.add_argument("--gpu", required=True)
    parser.add_argument("--limit", type=float, default=7)
    args = parser.parse_args(arguments)
    now = {}
    for path in args.results:
        try:
            now.update(times(load(path).get("benchmarks", [])))
        except (OSError, json.JSONDecodeError) as problem:
            print(f"{path}: not read: {problem}")
    if not now:
        print("no benchmark row in the results")
        return 2
    stored = newest(args.stored, args.gpu)
    if stored is None:
        print(f"NOT RUN: no stored result of {args.gpu}")
        return 77
    lines, slower = compare(times(stored[1]["benchmarks"]), now, args.limit)
    print(f"against {stored[0]}, limit {args.limit:g} %")
    print("\n".join(lines))
    print(f"{len(slower)} rows slower than the limit allows")
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
