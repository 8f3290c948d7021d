#!/usr/bin/env python3
"""Where an image spends its last measured interval: instructions and modelled cycles of each function.

usage: profile.py BUILD_FOLDER CORE IMAGE      e.g. profile.py build/dev cortex-m4 bench-kws_int8-aot
"""
import bisect
import collections
import sys
import tempfile

import image


def main():
    one = image.Image(*sys.argv[1:])
    with tempfile.NamedTemporaryFile() as file:
        one.run(profile=file.name)
        rows = [line.split() for line in open(file.name)]
    # Assembly has symbols without a size; at one address the one that has a size wins.
    functions = sorted({address & ~1: name for name, address, size in sorted(one.symbols(), key=lambda s: s[2])}.items())
    starts = [address for address, _ in functions]
    instructions, cycles = collections.Counter(), collections.Counter()
    for address, count, spent in rows:
        name = functions[max(bisect.bisect_right(starts, int(address, 16)) - 1, 0)][1]
        instructions[name] += int(count)
        cycles[name] += int(spent)
    names = [name for name, _ in instructions.most_common()]
    readable = image.tool("c++filt", *names).splitlines()
    print("  instructions         cycles")
    for name, text in zip(names, readable):
        print(f"{instructions[name]:14,} {cycles[name]:14,}  {text[:110]}")


if __name__ == "__main__":
    main()
