#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The record of a GPU visit, and its check on a machine without a GPU.

  record.py describe BUILD_DIR PARITY_CUDA           what the binaries are made of, as JSON (pack calls it)
  record.py make VISIT_DIR RECORD.json               from the folder that tests/gpu/check has written
  record.py benchmarks VISIT_DIR RESULTS.json        only what the visit timed, for bench/compare_results.py
  record.py except RECORD.json TOOL REASON...        what a sanitizer reported is explained and does not matter
  record.py check PARITY_CPU [PARITY_CUDA] RECORD... today's CPU bytes against the GPU's, today's machine code too

An exception holds for the recorded number of errors of one sanitizer, and every check prints it with its reason.
check exits 0 when every record holds, 1 when a byte differs or a record is broken, 77 when there is no record.
A record whose kernels, fuzzer or bytes_revision have moved on is called stale where it is, and does not fail.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

import fatbin

SANITIZERS = ("memcheck", "racecheck", "initcheck", "synccheck")


def load(path, default=None):
    if default is not None and not os.path.exists(path):
        return default
    with open(path) as f:
        return json.load(f)


def save(record, path):
    with open(path, "w") as f:
        json.dump(record, f, indent=1, sort_keys=True)
        f.write("\n")


def read(path):
    with open(path) as f:
        return f.read()


def describe(build, program):
    """nvcc, its flags and the hash of each image of machine code."""
    commands = load(os.path.join(build, "compile_commands.json"), [])
    kernels = [c["command"] for c in commands if c["file"].endswith(".cu")]
    flags = sorted(set(re.findall(r" (-(?:fmad|ftz|prec-div|prec-sqrt|use_fast_math|O|std|-?generate-code|Xcompiler)"
                                  r"=?\S*)", " ".join(kernels))))
    version = ""
    if kernels:
        nvcc = next(word for word in kernels[0].split() if os.path.basename(word) == "nvcc")
        version = re.search(r"V([\d.]+)", subprocess.run([nvcc, "--version"], capture_output=True, text=True,
                                                         check=True).stdout)[1]
    digest = subprocess.run(["sha256sum", program], capture_output=True, text=True, check=True).stdout.split()[0]
    return {"nvcc": version, "flags": flags, "machine_code": fatbin.machine_code(program), "program": digest}


def sanitizer_errors(visit, tool, exit_code):
    """Errors that the tool reports; None when it did not run."""
    if exit_code is None or exit_code == 77:
        return None
    found = re.search(r"(?:ERROR SUMMARY: |RACECHECK SUMMARY: )(\d+)", read(os.path.join(visit, tool + ".log")))
    return int(found[1]) if found else -1


def bench_rows(visit):
    """The rows of the benchmarks that ended; one that was stopped leaves half a file, which does not void the record."""
    rows = []
    for name in sorted(os.listdir(visit)):
        if name.startswith("bench_") and name.endswith(".json"):
            try:
                rows += load(os.path.join(visit, name)).get("benchmarks", [])
            except json.JSONDecodeError:
                print(f"{name}: not whole, its rows are not recorded")
    return rows


def device(visit):
    name, driver, capability = [f.strip() for f in read(os.path.join(visit, "gpu.csv")).split(",")[:3]]
    return {"schema": 1, "date": read(os.path.join(visit, "date")).strip(), "gpu": name, "driver": driver,
            "compute_capability": capability}


def make(visit):
    """A record; raises ValueError when the visit proves nothing."""
    steps = {s["step"]: s["exit"] for s in map(json.loads, read(os.path.join(visit, "steps.jsonl")).splitlines())}
    build = load(os.path.join(visit, "build.json"))
    if read(os.path.join(visit, "parity_cuda.sha256")).strip() != build["program"]:
        raise ValueError("the program that ran is not the one that was packed")
    if steps.get("parity") != 0 or steps.get("parity_jit") != 0:
        raise ValueError("parity did not pass")
    run = load(os.path.join(visit, "parity.json"))
    operations = {}
    for op in run["operations"]:
        gpu = op["backends"].get("cuda")
        if gpu:
            operations[op["name"]] = {"bytes_revision": op["bytes_revision"], "inputs": op["inputs"], "gpu": gpu}
    if not operations:
        raise ValueError("no operation ran on the GPU")
    return {**device(visit), "nvcc": build["nvcc"],
            "flags": build["flags"], "machine_code": build["machine_code"],
            "parity": {k: run[k] for k in ("seed", "max_side", "max_elements")}, "operations": operations,
            "sanitizers": {t: sanitizer_errors(visit, t, steps.get(t)) for t in SANITIZERS},
            "steps": steps, "benchmarks": bench_rows(visit)}


def cpu_hashes(parity_cpu, record):
    """Today's hashes of the record's cases."""
    cases = max(len(op["gpu"]) for op in record["operations"].values())
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "cpu.json")
        p = record["parity"]
        ran = subprocess.run([parity_cpu, "--seed", str(p["seed"]), "--max-side", str(p["max_side"]), "--max-elements",
                              str(p["max_elements"]), "--cases", str(cases), "--backends", "scalar", "--json", path],
                             capture_output=True, text=True)
        if ran.returncode != 0:
            raise ValueError(f"{parity_cpu} failed: {ran.stdout[-400:]}")
        return {op["name"]: op for op in load(path)["operations"]}


def compare_operation(name, recorded, now):
    """(equal, different, stale, first different case) of one operation."""
    if now is None or now["bytes_revision"] != recorded["bytes_revision"]:
        return 0, 0, len(recorded["gpu"]), None
    equal = different = stale = 0
    first = None
    for i, (case, gpu) in enumerate(zip(recorded["inputs"], recorded["gpu"])):
        if now["inputs"][i] != case:
            stale += 1
        elif now["hashes"][i] == gpu:
            equal += 1
        else:
            different += 1
            first = i if first is None else first
    return equal, different, stale, first


def check_machine_code(record, parity_cuda):
    arch = record["compute_capability"].replace(".", "")
    recorded = record["machine_code"].get(arch)
    if not parity_cuda:
        return f"machine code of sm_{arch}: NOT COMPARED, this build has no CUDA"
    now = fatbin.machine_code(parity_cuda).get(arch)
    if now is None or recorded is None:
        return f"machine code of sm_{arch}: NOT COMPARED, " + ("not in this build" if now is None else "not recorded")
    if now == recorded:
        return f"machine code of sm_{arch}: the recorded one ({len(now)} images)"
    return f"machine code of sm_{arch}: STALE, {len(set(now) - set(recorded))} of {len(now)} images are new"


def add_exception(record, tool, reason):
    """Explains the errors that a sanitizer reported at this visit."""
    errors = record["sanitizers"].get(tool)
    if not errors or errors < 0:
        raise ValueError(f"{tool} reported no errors: there is nothing to except")
    if not reason.strip():
        raise ValueError("an exception needs a reason")
    record.setdefault("exceptions", {})[tool] = {"errors": errors, "reason": reason.strip()}


def check_sanitizers(record):
    """Lines to print and whether all errors are explained."""
    lines, good = [], True
    exceptions = dict(record.get("exceptions", {}))
    for tool, errors in record["sanitizers"].items():
        exception = exceptions.pop(tool, None)
        if exception is not None and (exception["errors"] != errors or not exception["reason"].strip()):
            lines.append(f"{tool}: {errors} errors recorded, which its exception ({exception['errors']}) does not explain")
            good = False
        elif exception is not None:
            lines.append(f"{tool}: {errors} errors recorded, EXCEPTED: {exception['reason']}")
        elif errors is None:
            lines.append(f"{tool}: NOT RUN at the visit")
        elif errors != 0:
            lines.append(f"{tool}: {errors} errors recorded")
            good = False
    if exceptions:
        lines.append(f"exceptions for no sanitizer: {', '.join(sorted(exceptions))}")
    return lines, good and not exceptions


def check(record, parity_cpu, parity_cuda):
    """Lines to print and whether the record holds."""
    lines = [f"{record['gpu']}, driver {record['driver']}, nvcc {record['nvcc']}"]
    more, good = check_sanitizers(record)
    lines += more
    lines += [f"{step}: failed at the visit (exit {code})" for step, code in record["steps"].items()
              if step.startswith(("bench", "ncu")) and code not in (0, 77)]
    today = cpu_hashes(parity_cpu, record)
    for name, recorded in record["operations"].items():
        if not recorded["gpu"] or len(recorded["gpu"]) != len(recorded["inputs"]):
            lines.append(f"{name}: broken record")
            good = False
            continue
        equal, different, stale, first = compare_operation(name, recorded, today.get(name))
        text = f"{name}: {equal} cases equal on CPU and GPU"
        text += f", {stale} STALE (the case or its bytes_revision has changed)" if stale else ""
        text += f", {different} DIFFERENT, the first is case {first}" if different else ""
        lines.append(text)
        good &= different == 0
    for name in sorted(set(today) - set(record["operations"])):
        lines.append(f"{name}: not in the record: PTX-level parity verified, not GPU-verified")
    lines.append(check_machine_code(record, parity_cuda))
    return lines, good


def check_all(arguments):
    programs = [a for a in arguments if not a.endswith(".json")]
    records = [a for a in arguments if a.endswith(".json") and os.path.exists(a)]
    if not records:
        print("NOT RUN: no GPU record: PTX-level parity verified, not GPU-verified")
        return 77
    failed = False
    for path in records:
        try:
            lines, good = check(load(path), programs[0], programs[1] if len(programs) > 1 else None)
        except (KeyError, ValueError, json.JSONDecodeError) as problem:
            lines, good = [f"broken record: {problem!r}"], False
        print("\n  ".join([os.path.basename(path) + (":" if good else ": FAILED")] + lines))
        failed |= not good
    return 1 if failed else 0


def main(command, arguments):
    if command == "describe":
        print(json.dumps(describe(*arguments), indent=1))
        return 0
    if command == "make":
        try:
            record = make(arguments[0])
        except ValueError as problem:
            print(f"no record: {problem}")
            return 1
        save(record, arguments[1])
        print(f"{arguments[1]}: {sum(len(o['gpu']) for o in record['operations'].values())} cases on {record['gpu']}")
        return 0
    if command == "benchmarks":
        save({**device(arguments[0]), "benchmarks": bench_rows(arguments[0])}, arguments[1])
        return 0
    if command == "except":
        record = load(arguments[0])
        add_exception(record, arguments[1], " ".join(arguments[2:]))
        save(record, arguments[0])
        return 0
    if command == "check":
        return check_all(arguments)
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "", sys.argv[2:]))
