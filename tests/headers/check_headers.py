#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Public headers as a user's compiler sees them: each alone, with the warnings that users turn on, as errors.

usage: check_headers.py COMPILER INCLUDE_DIR...

Every .hpp is compiled as C++20, every .h as C99 and as C++. Then every public aggregate is initialised by its first
member's name alone, as options are: a member without a default initialiser would warn in the user's code.
"""
import os
import re
import subprocess
import sys
import tempfile

CXX = ["-x", "c++", "-std=c++20", "-Wall", "-Wextra", "-Wpedantic"]
C = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion"]
LANGUAGES = {".hpp": [CXX], ".h": [["-x", "c", "-std=c99", *C], ["-x", "c++", "-std=c++11", *C]]}

STRUCT = re.compile(r"^(template <class \w+>\n)?struct (?:FLUXEL_API )?(\w+) \{\n(.*?)^\};", re.M | re.S)
MEMBER = re.compile(r"^  (?=\S)(?!using |static |friend |operator|template|explicit )[\w:<>,* ]+? \**(\w+)(?:\[.*?\])?( = .*?|\{.*\})?[;,]")


def namespace_at(text):
    """The namespaces that are open at the end of the text, as a prefix."""
    text = re.sub(r'//.*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\])\'', "", text)
    opened = []
    for brace in re.finditer(r"(?:\bnamespace (\w+) )?(\{)|\}", text):
        if brace[2]:
            opened.append(brace[1])
        elif opened:
            opened.pop()
    return "".join(name + "::" for name in opened if name)


def aggregates(header):
    """(full name, is it a template, first member) of the aggregates that a header defines for its users."""
    with open(header) as f:
        text = f.read()
    for found in STRUCT.finditer(text):
        template, name, body = found.groups()
        if not re.search(rf"^  (?:constexpr |explicit )*{name}\(", body, re.M):
            member = next(filter(None, (MEMBER.match(line) for line in body.splitlines())), None)
            if member and "detail::" not in namespace_at(text[:found.start()]):
                yield namespace_at(text[:found.start()]) + name, bool(template), member[1]


def initialised(number, name, template, member):
    """A function that names one member of an aggregate."""
    if template:
        name += "<const void>" if name.endswith("frame_view") else "<fluxel::u8>"
    return f"{name} make_{number}() {{ return {{.{member} = {{}}}}; }}\n"


def compile_text(compiler, flags, folders, text):
    """What the compiler says of a translation unit; empty when it is content."""
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "user_code")
        with open(path, "w") as f:
            f.write(text)
        ran = subprocess.run([compiler, *flags, "-Werror", "-fsyntax-only", *(f"-I{d}" for d in folders), path],
                             capture_output=True, text=True)
    return ran.stderr if ran.returncode else ""


def needs_missing_header(compiler, folders, header):
    """Whether it is for users of a library that is not installed here (DLPack)."""
    with open(header) as f:
        others = re.findall(r"^#include <(dlpack/[^>]+)>", f.read(), re.M)
    return any(compile_text(compiler, CXX, folders, f"#include <{other}>\n") for other in others)


def check(compiler, folders):
    headers = sorted((d, os.path.relpath(os.path.join(place, n), d)) for d in folders
                     for place, _, names in os.walk(os.path.join(d, "fluxel"))
                     for n in names if n.endswith(tuple(LANGUAGES)))
    problems, structs = [], 0
    for folder, name in headers:
        header, include = os.path.join(folder, name), f'#include "{name}"\n'
        if needs_missing_header(compiler, folders, header):
            print(f"NOT CHECKED: {name} needs a library that is not installed")
            continue
        texts = [(flags, include + "int fluxel_user(void);\n") for flags in LANGUAGES[os.path.splitext(header)[1]]]
        if header.endswith(".hpp"):
            found = list(aggregates(header))
            structs += len(found)
            texts = [(CXX, include + "".join(initialised(i, *a) for i, a in enumerate(found)))]
        for flags, text in texts:
            said = compile_text(compiler, flags, folders, text)
            if said:
                problems.append(f"{header}, {' '.join(flags)}:\n{said}")
    return len(headers), structs, problems


def test(compiler):
    """The check itself, on a header with planted faults."""
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(os.path.join(folder, "fluxel", "c"))

        def problems_of(name, text):
            path = os.path.join(folder, "fluxel", name)
            with open(path, "w") as f:
                f.write("#pragma once\n" + text)
            problems = check(compiler, [folder])[2]
            os.remove(path)
            return problems

        space = "namespace fluxel {{ using u8 = unsigned char;\n{}\n}}\n"
        assert problems_of("good.hpp", space.format("struct good {\n  int a;\n  int b = 0;\n};")) == []
        if "clang" not in os.path.basename(compiler):  # which does not warn of designated initialisers
            assert problems_of("bad.hpp", space.format("struct bad {\n  int a = 0;\n  int b;\n};"))
            assert problems_of("bad.hpp", space.format("template <class T>\nstruct bad {\n  T a = 0;\n  T b;\n};"))
        assert problems_of("bad.hpp", "inline int f(int unused) { return 0; }\n")
        assert problems_of("bad.hpp", "inline std::size_t f() { return 0; }\n")
        assert problems_of("bad.h", "static inline int f(long long n) { return n; }\n")
        assert problems_of("c/bad.h", "static inline int f(void) { // C99 has these\n int class = 0; return class; }\n")


def main(compiler, folders):
    test(compiler)
    headers, structs, problems = check(compiler, folders)
    print("\n".join(problems))
    print(f"{compiler}: {headers} headers, {structs} aggregates, {len(problems)} problems")
    return 1 if problems or headers < 10 or structs < 10 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
