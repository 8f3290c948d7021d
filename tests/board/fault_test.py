#!/usr/bin/env python3
"""A faulting image says where and ends with 3.

usage: fault_test.py BUILD_FOLDER CORE
"""
import pathlib
import re
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def main():
    build, core = sys.argv[1:]
    done = subprocess.run([SOURCE / "firmware/board/run", core, f"{build}/{core}/bin/fault.elf"],
                          capture_output=True, text=True, timeout=60)
    print(done.returncode, done.stdout, done.stderr)
    # Bit 16 of the fault status: undefined instruction.
    pattern = r"fault: exception 3 pc [0-9a-f]{8} lr [0-9a-f]{8} cfsr 00010000 address [0-9a-f]{8}\n"
    return 0 if done.returncode == 3 and re.fullmatch(pattern, done.stdout) else 1


if __name__ == "__main__":
    sys.exit(main())
