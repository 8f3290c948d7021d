#!/usr/bin/env python3
"""Checks what the boards' images consist of: no heap, doubles, exceptions or printf, no variables of the bootloader that its
services could use, and code that stays small.

usage: images_test.py BUILD_FOLDER
"""
import pathlib
import re
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/bench/cortex_m"))
import image  # noqa: E402  (found through the path above)

CORES = ("cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55")
FORBIDDEN = re.compile(
    r"^(_?(malloc|calloc|realloc|free)(_r)?|_Zn[wa]\w*|_Zd[la]\w*"      # heap
    r"|__aeabi_(d|cd|ui2d|i2d|l2d|ul2d|f2d)\w*|\w*(div|mul|add|sub)df3"  # doubles in software
    r"|__cxa_(throw|rethrow|begin_catch|allocate_exception|guard_\w+)|__gxx_personality\w*|_Unwind_\w*|__gnu_unwind\w*"
    r"|_?v?(s|sn|f|as)?i?printf(_r)?|__aeabi_unwind\w*|abort|exit)$")
# Bytes of code and constants of an image for one model beside the model itself.
CODE_LIMIT = {"interpreter": 20000, "aot": 13000}
SMALL = {"ad_int8": {"interpreter": 10000, "aot": 6000}}  # only FULLY_CONNECTED

WITH_ALL_OPERATORS = ("board-run", "node", "node_plain", "node_misbehaves")
BOOTLOADER_LIMIT = 20480
# All that the bootloader has in RAM. Its services run when this memory is the firmware's: they use none of it.
BOOTLOADER_VARIABLES = re.compile(r"fault_stack|\w*g_cryptoE|\w*g_lentE")


def forbidden(one):
    # The C library of the M55 computes floats of exp, log, ... in doubles.
    doubles_allowed = one.core == "cortex-m55" and one.path.stem in WITH_ALL_OPERATORS
    for name, _, _ in one.symbols():
        is_double = name.startswith("__aeabi_") or name.endswith("df3")
        if FORBIDDEN.match(name) and not (doubles_allowed and is_double):
            yield f"{one.core} {one.path.stem}: {name} must not be in an image"


def variables(one):
    """What services of the bootloader might rely on."""
    if one.path.stem != "bootloader":
        return
    symbols = one.symbols()
    begin = next(address for name, address, _ in symbols if name == "_data_start")
    for name, address, size in symbols:
        if address >= begin and size > 0 and not BOOTLOADER_VARIABLES.fullmatch(name):
            yield f"{one.core} bootloader: {name} is a variable, which is not there when firmware calls a service"


def too_large(one, empty):
    if one.path.stem == "bootloader":
        print(f"{one.core} bootloader: {one.flash_bytes()} bytes, at most {BOOTLOADER_LIMIT}")
        if one.flash_bytes() > BOOTLOADER_LIMIT:
            yield f"{one.core} bootloader: {one.flash_bytes()} bytes, more than {BOOTLOADER_LIMIT}"
    match = re.fullmatch(r"bench-(\w+)-(interpreter|aot)", one.path.stem)
    if not match:
        return
    model, kind = match.groups()
    limit = SMALL.get(model, CODE_LIMIT)[kind]
    code = one.flash_bytes() - empty.flash_bytes() - (one.model_bytes() if kind == "aot" else 0)
    print(f"{one.core} {one.path.stem}: {code} bytes of code, at most {limit}")
    if not 0 < code <= limit:
        yield f"{one.core} {one.path.stem}: {code} bytes of code, more than {limit}"


def main():
    build = pathlib.Path(sys.argv[1])
    findings, images = [], 0
    for core in CORES:
        empty = image.Image(build, core, "bench-empty")
        for path in sorted((build / core / "bin").glob("*.elf")):
            one = image.Image(build, core, path.stem)
            findings += [*forbidden(one), *variables(one), *too_large(one, empty)]
            images += 1
    print(f"{images} images")
    print("\n".join(findings))
    return 1 if findings or images < 4 * len(CORES) else 0


if __name__ == "__main__":
    sys.exit(main())
