#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The documents say what is true of the tree.

usage: check_docs.py ROOT                          Exit 1 and what is wrong when
  a link of a Markdown file, or a path in backticks, leads nowhere;
  a walk of docs/architecture.md (a numbered list of linked files, each with names in backticks) names a file that does
    not have these names, or that neither includes nor calls the next one;
  a row of its table of units quotes code that its file does not have;
  a file that CONTRIBUTING.md's recipe names does not exist for an operation that is there.
usage: check_docs.py ROOT --matrix PROGRAM         its table of what runs where is not what support_matrix prints
"""
import os
import re
import subprocess
import sys

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs", "host/parity/vectors/README.md"]
FOLDERS = ("include/", "kernels/", "host/", "tests/", "bench/", "cmake/", "docs/", "examples/", ".github/")


def read(*parts):
    with open(os.path.join(*parts)) as f:
        return f.read()


def markdown(root):
    for name in DOCUMENTS:
        path = os.path.join(root, name)
        if os.path.isdir(path):
            yield from (os.path.join(name, n) for n in sorted(os.listdir(path)) if n.endswith(".md"))
        else:
            yield name


def broken_paths(root, name, text):
    """Links and paths in backticks that lead nowhere."""
    text = re.sub(r"```.*?```", "", text, flags=re.S)
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
        if "://" not in target and not os.path.exists(os.path.join(root, os.path.dirname(name), target)):
            yield f"{name}: the link {target} leads nowhere"
    for path in re.findall(r"`((?:\./)?[\w./{},*-]+)`", text):
        if path.startswith(FOLDERS) and not re.search(r"[{}*]|NAME|OPERATION|ROOM|build/", path):
            if not os.path.exists(os.path.join(root, path)):
                yield f"{name}: there is no {path}"


STEP = re.compile(r"^\d+\. \[`([^`]+)`\]\([^)]*\):? *(.*?)(?: [–—] |$)", re.M)


def walks(text):
    """Lists of (file, names) of the walks."""
    for section in re.split(r"^## ", text, flags=re.M):
        steps = [(path, re.findall(r"`([^`]+)`", names)) for path, names in STEP.findall(section)]
        if steps:
            yield section.splitlines()[0], steps


def has_word(text, word):
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def includes(text, path):
    """Whether a file includes another one, or the header of another source."""
    stem = re.sub(r"\.(cpp|cu)$", "", path.replace("include/", "", 1) if path.startswith("include/") else path)
    return re.search(rf'#include "{re.escape(stem)}(?:\.hpp|\.cuh|\.h)?"', text) is not None


def broken_walk(root, title, steps):
    texts = []
    for path, names in steps:
        if not os.path.isfile(os.path.join(root, path)):
            yield f"{title}: there is no {path}"
            return
        texts.append(read(root, path))
        if not names:
            yield f"{title}: {path}: no name is told"
        for name in names:
            if not has_word(texts[-1], name):
                yield f"{title}: {path} has no {name}"
    for i in range(len(steps) - 1):
        (path, names), (following, next_names) = steps[i], steps[i + 1]
        calls = any(has_word(texts[i], n) for n in next_names)
        if not (includes(texts[i], following) or includes(texts[i + 1], path) or calls):
            yield f"{title}: {path} neither includes nor names what is in {following}"


UNIT = re.compile(r"^\|[^|]+\|[^|]+\| `([^`]+)` \| \[`([^`]+)`\]", re.M)


def broken_units(root, text):
    rows = UNIT.findall(text)
    if len(rows) < 8:
        yield f"only {len(rows)} units were found"
    for code, path in rows:
        if not os.path.isfile(os.path.join(root, path)):
            yield f"units: there is no {path}"
        elif " ".join(code.split()) not in " ".join(read(root, path).split()):
            yield f"units: {path} does not say: {code}"


EXAMPLE = {"OPERATION": "conv_transpose", "ROOM": "conv_transpose", "MODULE": "conv_transpose"}


def broken_recipe(root, text):
    """The recipe's paths, filled in for an operation that there is."""
    paths = re.findall(r"`([\w./-]*(?:OPERATION|ROOM|MODULE)[\w./-]*)`", text)
    if len(paths) < 8:
        yield f"the recipe names only {len(paths)} files"
    for path in paths:
        filled = path
        for word, example in EXAMPLE.items():
            filled = filled.replace(word, example)
        if not os.path.exists(os.path.join(root, filled)):
            yield f"CONTRIBUTING.md: the recipe's {path} would be {filled}, which is not there"


def check(root):
    problems = []
    for name in markdown(root):
        problems += broken_paths(root, name, read(root, name))
    architecture = read(root, "docs/architecture.md")
    found = list(walks(architecture))
    if len(found) < 2:
        problems.append(f"only {len(found)} walks were found")
    for title, steps in found:
        problems += broken_walk(root, title, steps)
    problems += broken_units(root, architecture)
    problems += broken_recipe(root, read(root, "CONTRIBUTING.md"))
    return problems


def test(root):
    """The check itself, on planted faults."""
    good = [("host/core/call.cpp", ["check_unshared"]), ("host/core/staging.hpp", ["upload_image"])]
    assert list(broken_walk(root, "good", good)) == []
    for bad in ([("host/core/no.cpp", ["x"])], [("host/core/call.cpp", ["no_such_name"])], [("host/core/call.cpp", [])],
                [("host/core/errors.cpp", ["error"]), ("kernels/cuda/flow/median/median.cu", ["median"])]):
        assert list(broken_walk(root, "bad", bad)), bad
    assert list(broken_paths(root, "docs/a.md", "[x](no.md)")) and list(broken_paths(root, "a.md", "`host/no.cpp`"))
    assert not list(broken_paths(root, "docs/a.md", "[x](../README.md) `host/core` [y](https://no.org)"))
    assert list(broken_units(root, "| a | b | `no = 1;` | [`host/core/call.cpp`](x) |\n" * 8))
    assert list(broken_recipe(root, "`host/ROOM/no_OPERATION.cpp` " * 8))
    assert STEP.findall("1. [`a/b.hpp`](../a/b.hpp): `f`, `g` – decides `nothing`") == [("a/b.hpp", "`f`, `g`")]


def check_matrix(root, program):
    printed = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    if printed not in read(root, "docs/architecture.md"):
        return [f"docs/architecture.md should have this table under \"What runs where\":\n{printed}"]
    return []


def main(root, program=None):
    if program is None:
        test(root)
    problems = check(root) if program is None else check_matrix(root, program)
    print("\n".join(problems) or "the documents agree with the tree")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *sys.argv[3:]))
