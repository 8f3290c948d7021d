#!/usr/bin/env python3
"""Checks the counting plugin against sequences with known instructions and cycles.

usage: plugin_test.py BUILD_FOLDER
"""
import pathlib
import sys

import image

# Instructions and cycles of each sequence of firmware/board/programs/calibrate.cc without the call, in its order. The cycles
# are the Cortex-M4 manual's, with 2 for each taken branch.
EXPECTED = [
    ("nothing", 0, 0), ("load, load", 2, 3), ("load, store", 2, 3), ("load, store with register", 3, 4),
    ("three loads", 3, 4), ("load from a loaded address", 2, 4), ("store, load", 2, 3), ("ldm of three", 1, 4),
    ("ldrd", 1, 3), ("divide", 1, 7), ("unaligned load", 1, 4), ("loop of ten", 21, 39), ("loop of a million", 2000001, 4000000),
]


def main():
    build = pathlib.Path(sys.argv[1])
    intervals = image.Image(build, "cortex-m4", "calibrate").run().intervals
    failed = len(intervals) != len(EXPECTED)
    print(f"{len(intervals)} intervals, {len(EXPECTED)} expected")
    for (name, instructions, cycles), found in zip(EXPECTED, intervals):
        got = tuple(a - b for a, b in zip(found, intervals[0]))
        print(f"{name}: {got[0]} instructions, {got[1]} cycles")
        if got != (instructions, cycles):
            print(f"  expected {instructions} and {cycles}")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
