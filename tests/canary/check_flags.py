#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every translation unit is compiled with the flags of the parity contract.

usage: check_flags.py compile_commands.json    Exit 1 and the unit when a flag is missing, banned or taken back.
       check_flags.py --test                   the check itself, on made-up commands
"""
import json
import os
import re
import shlex
import sys

BANNED = re.compile(r"-ffast-math|-Ofast|-funsafe-math-optimizations|-fassociative-math|-freciprocal-math|"
                    r"-fno-signed-zeros|-ffinite-math-only|-use_fast_math|--use_fast_math|-march=native|-mtune=native")
CXX_LAST = {"-ffp-contract": "off"}
CUDA_LAST = {"-fmad": "false", "-ftz": "false", "-prec-div": "true", "-prec-sqrt": "true"}


def problem(command):
    """Why a command breaks the contract, or None."""
    words = shlex.split(command)
    cuda = any(os.path.basename(w) == "nvcc" for w in words)
    expanded = [part for w in words for part in (w[len("-Xcompiler="):].split(",") if w.startswith("-Xcompiler=")
                                                 else [w])]
    for word in expanded:
        if BANNED.fullmatch(word):
            return f"has {word}"
    wanted = dict(CXX_LAST, **CUDA_LAST) if cuda else CXX_LAST
    for flag, value in wanted.items():
        given = [w.partition("=")[2] for w in expanded if w.partition("=")[0].replace("--", "-", 1) == flag]
        if not given:
            return f"lacks {flag}={value}"
        if given[-1] != value:
            return f"has {flag}={given[-1]} after all"
    return None


def check(path):
    units = bad = 0
    for unit in json.load(open(path)):
        # Bugs planted on purpose say so; examples are a user's code.
        if "planted" in unit["command"] or "/examples/" in unit["file"] or unit["file"].endswith(".c"):
            continue
        units += 1
        why = problem(unit["command"])
        if why:
            bad += 1
            print(f"{unit['file']}: {why}")
    print(f"{units} translation units, {bad} against the contract")
    return 1 if bad or not units else 0


def test():
    good = "g++ -O3 -ffp-contract=off -c a.cpp"
    cuda = "nvcc -fmad=false -ftz=false -prec-div=true -prec-sqrt=true -Xcompiler=-fPIC,-ffp-contract=off -c a.cu"
    assert problem(good) is None and problem(cuda) is None
    for bad in (good.replace("-ffp-contract=off", ""), good + " -ffp-contract=fast", good + " -ffast-math",
                good + " -Ofast", cuda.replace("-fmad=false", ""), cuda + " --fmad=true", cuda + " --use_fast_math",
                cuda.replace(",-ffp-contract=off", ""), cuda + " -Xcompiler=-ffast-math"):
        assert problem(bad), bad
    return 0


if __name__ == "__main__":
    sys.exit(test() if sys.argv[1] == "--test" else check(sys.argv[1]))
