#!/usr/bin/env python3
"""Checks the structure of the tree: include directions, third-party types in public headers, file sizes, READMEs.

usage: check.py [SOURCE_FOLDER]       exits 1 and names every finding, or prints what it looked at
"""
import pathlib
import re
import subprocess
import sys

# A folder may include public headers of itself and of these (docs/style.md).
MAY_USE = {
    "runtime": set(),
    "proto": {"runtime"},
    "firmware": {"runtime", "proto"},
    "fleet": {"runtime", "proto"},
    "daemon": {"runtime", "proto", "fleet"},
}
# Libraries whose types stay inside the source file named after them.
THIRD_PARTY = re.compile(
    r'#include [<"](armnn|armnnTfLiteParser|mqtt/|MQTT|grpcpp|grpc/|prometheus|toml\+\+|spdlog|fmt/|boost|'
    r'nlohmann|CLI/|dnnl|oneapi|openssl|sqlite3|soci|systemd)')
LONG = 500
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")


def tracked(root):
    listing = subprocess.run(["git", "-C", root, "ls-files"], capture_output=True, text=True)
    names = listing.stdout.split() if listing.returncode == 0 else [
        str(p.relative_to(root)) for p in pathlib.Path(root).rglob("*")
        if p.is_file() and "build" not in p.relative_to(root).parts]
    return [n for n in names if (pathlib.Path(root) / n).is_file()]


def owners(files):
    """Maps the path of every public header, as it is included, to the top folder that owns it."""
    owner = {}
    for name in files:
        top, _, rest = name.partition("/include/")
        if rest and "/" not in top:
            owner[rest] = top
        if name.startswith("proto/") and name.endswith(".proto"):
            stem = name[len("proto/"):-len(".proto")]
            owner[stem + ".pb.h"] = owner[stem + ".grpc.pb.h"] = "proto"
    return owner


def findings(root):
    files = tracked(root)
    owner = owners(files)
    code = [n for n in files if n.endswith((".cc", ".h", ".c", ".S", ".py", ".proto", ".cmake"))]
    for name in code:
        text = (pathlib.Path(root) / name).read_text(errors="replace")
        top = name.split("/")[0]
        lines = text.count("\n")
        if lines > LONG:
            yield f"{name}: {lines} lines; split it (at most {LONG})"
        if UNFINISHED.search(text):
            yield f"{name}: unfinished work is marked; finish it or open an issue"
        public = "/include/" in name
        for number, line in enumerate(text.splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
            if not match:
                continue
            if public and THIRD_PARTY.search(line):
                yield f"{name}:{number}: third-party type in a public header: {match[1]}"
            target = owner.get(match[1])
            if target and top in MAY_USE and target != top and target not in MAY_USE[top]:
                yield f"{name}:{number}: {top} must not use {target}: {match[1]}"
    for top in (*MAY_USE, "tests", "deploy", "docker", "docs"):
        if any(n.startswith(top + "/") for n in files) and f"{top}/README.md" not in files:
            yield f"{top}/README.md is missing"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    found = list(findings(root))
    for finding in found:
        print(finding)
    if not found:
        print(f"structure: {len(tracked(root))} files, nothing against the rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
