# SPDX-License-Identifier: Apache-2.0
"""Every function that the library exports to C++ has a counterpart in C, and every enumerator too.

usage: check_counterparts.py EXPORTED_SYMBOLS    (tests/install/exported_symbols.txt, which another test keeps true)
       check_counterparts.py --enums SOURCE      (the project's folder)
       check_counterparts.py --test
"""
import pathlib
import re
import sys

# Where the name in C does not follow from the name in C++, and why.
RENAMED = {
    "formats::nv12": "fluxel_frame_format_nv12",
    "formats::p010": "fluxel_frame_format_p010",
    "formats::yuv": "fluxel_frame_format_yuv",
    "version": "fluxel_version",
    "bytes_revisions": "fluxel_operation_name",  # with fluxel_bytes_revision
    "detail::view_of_tensor": "fluxel_image_from_tensor",
    "horn_schunck::run": "fluxel_dense_flow_run",
    "lucas_kanade::run": "fluxel_dense_flow_run",
    "bilinear_adjoint::of_upsampling": "fluxel_bilinear_adjoint_create_upsample",
    "resizer::run_images": "fluxel_resizer_run",
}
# What C does not need, and why.
NOT_NEEDED = {
    "owned_frame::owned_frame": "C callers own their memory",
    "sub_frame": "C callers compute addresses themselves",
    "dense_flow::dense_flow": "the base of both methods, which have their own",
    "detail::check_sub_view": "of image_view::sub_view: C callers compute addresses themselves",
    "detail::image_elements": "of the class image, which owns pixels",
    "detail::image_out_of_memory": "of the class image",
    "detail::device_pixels::device_pixels": "of the class device_image: C callers own their memory",
    "detail::device_pixels::view": "of the class device_image",
    "detail::device_pixels::upload": "of the class device_image",
    "detail::device_pixels::download": "of the class device_image",
    "device_event::device_event": "C callers that want streams of their own have CUDA's; calls take them",
    "device_event::record": "of the class device_event",
    "device_event::synchronize": "of the class device_event",
    "device_event::seconds_since": "of the class device_event",
    "device_stream::device_stream": "C callers that want streams of their own have CUDA's; calls take them",
    "device_stream::device": "of the class device_stream",
    "device_stream::ref": "of the class device_stream",
    "device_stream::synchronize": "of the class device_stream",
    "device_stream::wait_for": "of the class device_stream",
    "device_frame::device_frame": "C callers own their memory",
    "device_frame::format": "of the class device_frame",
    "device_frame::view": "of the class device_frame",
    "device_frame::upload": "of the class device_frame",
    "device_frame::download": "of the class device_frame",
    "pinned_memory::pinned_memory": "C callers own their memory",
    "detail::tensor_of_view": "C callers fill in a DLTensor themselves: fluxel_image has its fields",
}
# Enumerators of C that C++ has no need of, and why.
ONLY_IN_C = {
    "FLUXEL_STATUS_OK": "C++ throws",
    "FLUXEL_DTYPE_U64": "a type of 8 bytes is a template argument of resize_nearest",
    "FLUXEL_DTYPE_I16": "flow steps in C++ take views of it",
}


def unpaired(c_text, cpp_text, asserted):
    """Enumerators that no FLUXEL_SAME(in C, in C++) of `asserted` names."""
    pairs = re.findall(r"FLUXEL_SAME\((\w+),\s*(\w+::\w+)\)", asserted)
    c_text, cpp_text = re.sub(r"/\*.*?\*/", "", c_text, flags=re.S), re.sub(r"//.*", "", cpp_text)
    of_c = {name for body in re.findall(r"typedef enum \w+ \{(.*?)\}", c_text, re.S)
            for name in re.findall(r"(\w+) = \d+", body)} - set(ONLY_IN_C)
    of_cpp = {f"{enum}::{name}" for enum, body in re.findall(r"enum class (\w+) : \w+ \{(.*?)\}", cpp_text, re.S)
              for name in re.findall(r"(\w+) = \d+", body)}
    return sorted(of_c - {c for c, _ in pairs}) + sorted(of_cpp - {cpp for _, cpp in pairs}), len(pairs)


def functions(symbols):
    """Qualified names of exported functions, templates folded into one, special members left out."""
    found = set()
    for line in symbols:
        line = line.strip().replace("[abi:cxx11]", "")
        if not re.match(r"(?:[\w:<> ,*&]+ )?fluxel::v0::", line) or line.startswith(("vtable", "typeinfo", "VTT")):
            continue
        name = line.split("(")[0]
        while re.search(r"<[^<>]*>", name):
            name = re.sub(r"<[^<>]*>", "", name)
        name = name.split(" ")[-1].removeprefix("fluxel::v0::")
        last = name.split("::")[-1]
        moves = re.search(r"\((?:fluxel::v0::)?[\w:]*" + re.escape(last) + r"&&\)", line)
        if last.startswith(("~", "operator")) or last == "self" or moves or "::impl" in name:  # or private
            continue
        found.add(name)
    return found


def counterpart(name):
    if name in RENAMED:
        return RENAMED[name]
    parts = name.split("::")
    if parts[0] == "detail":
        parts = parts[1:]
    if len(parts) >= 2 and parts[-1] == parts[-2]:
        parts[-1] = "create"  # a constructor
    elif parts[-1] in ("run_images", "run_untyped"):
        parts[-1] = "run"
    # Classes stand by their own name, also those of flow_steps.
    if parts[0] == "flow_steps" and len(parts) == 3:
        parts = parts[1:]
    return "fluxel_" + "_".join(parts)


def missing(symbols):
    exported = {line.strip() for line in symbols if line.startswith("fluxel_")}
    return sorted((name, counterpart(name)) for name in functions(symbols)
                  if name not in NOT_NEEDED and counterpart(name) not in exported)


def self_test():
    symbols = ["void fluxel::v0::detail::resize(int)", "fluxel::v0::resizer::resizer(fluxel::v0::resizer&&)",
               "fluxel::v0::resizer::resizer(fluxel::v0::size)", "fluxel::v0::resizer::~resizer()",
               "fluxel::v0::planted(int)", "void fluxel::v0::twice<float>(int)", "fluxel_resize",
               "fluxel_resizer_create", "vtable for fluxel::v0::error"]
    lists = ("typedef enum fluxel_a { FLUXEL_A_B = 0, FLUXEL_A_C = 1 /* FLUXEL_A_Z = 2 */ } fluxel_a;",
             "enum class a : int { b = 0, c = 1 };  // d = 2", "FLUXEL_SAME(FLUXEL_A_B, a::b);")
    assert unpaired(*lists) == (["FLUXEL_A_C", "a::c"], 1), unpaired(*lists)
    assert missing(symbols) == [("planted", "fluxel_planted"), ("twice", "fluxel_twice")], missing(symbols)


def main():
    if sys.argv[1:] == ["--test"]:
        return self_test()
    if sys.argv[1] == "--enums":
        source = pathlib.Path(sys.argv[2])
        text = {pattern: "".join(f.read_text() for f in sorted((source / "include/fluxel").glob(pattern)))
                for pattern in ("c/*.h", "*.hpp")}
        lacking, pairs = unpaired(*text.values(), (source / "host/c_api/enums.cpp").read_text())
        assert pairs > 50, "too few pairs: is this fluxel's folder?"
        for name in lacking:
            print(f"{name} has no pair in host/c_api/enums.cpp")
        sys.exit(1 if lacking else 0)
    with open(sys.argv[1]) as f:
        symbols = f.readlines()
    assert len(functions(symbols)) > 30, "too few functions: is this the list of exported symbols?"
    lacking = missing(symbols)
    for name, wanted in lacking:
        print(f"{name} has no counterpart {wanted}")
    sys.exit(1 if lacking else 0)


if __name__ == "__main__":
    main()
