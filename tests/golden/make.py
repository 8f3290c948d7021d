#!/usr/bin/env python3
"""Makes models/*.tflite and expected.json: single operators with TensorFlow Lite Micro's outputs.

    python3 -m venv /tmp/oracle && /tmp/oracle/bin/pip install numpy tflite-micro==0.dev20261023182759
    /tmp/oracle/bin/python tests/golden/make.py          (also needs flatc: deploy/setup installs it)

The models are written here from seeds; the outputs are those of TFLM's reference kernels.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import zlib
from importlib.metadata import version

import numpy as np
from tflite_micro.python.tflite_micro import runtime

import cases
from model import TYPES, read_codes

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = HERE.parent.parent / "fleet/src/tflite/schema.fbs"
SEEDS = (1, 2)


class Bytes:
    """x = x * 1664525 + 1013904223 mod 2^32, byte = x >> 24."""

    def __init__(self, seed):
        self.x = seed

    def take(self, count):
        values = bytearray()
        for _ in range(count):
            self.x = (self.x * 1664525 + 1013904223) & 0xFFFFFFFF
            values.append(self.x >> 24)
        return np.frombuffer(bytes(values), np.uint8)


def fill(source, shape, kind, rule):
    count = int(np.prod(shape))
    dtype = TYPES[kind][1]
    if rule == "byte pair":
        return source.take(2 * count).view(np.int16).reshape(shape)
    raw = source.take(count)
    if rule == "byte":
        return raw.view(dtype).reshape(shape)
    if rule == "bit":
        return (raw & 1).astype(np.bool_).reshape(shape)
    if rule.startswith("mod "):
        return (raw % int(rule[4:])).astype(dtype).reshape(shape)
    signed = raw.view(np.int8)
    scaled = signed.astype(np.float32) / 32 if rule == "signed byte / 32" else signed
    return scaled.astype(dtype).reshape(shape)


def run(model, net, invokes, seed):
    """The last run's outputs."""
    interpreter = runtime.Interpreter.from_bytes(model, arena_size=1 << 20)
    source = Bytes(seed)
    for _ in range(invokes):
        for i, (tensor, rule) in enumerate(net.inputs):
            interpreter.set_input(fill(source, net.tensors[tensor]["shape"], net.kinds[tensor], rule), i)
        interpreter.invoke()
    return [np.array(interpreter.get_output(i)) for i in range(len(net.outputs))]


def by_definition(net, seed):
    """RELU_N1_TO_1, which TFLM lacks: between -1 and 1 in the quantisation that input and output share."""
    (tensor, rule), = net.inputs
    entry = net.tensors[tensor]
    x = fill(Bytes(seed), entry["shape"], net.kinds[tensor], rule)
    if "quantization" not in entry:
        return [np.clip(x, -1, 1)]
    scale, zero = entry["quantization"]["scale"][0], entry["quantization"]["zero_point"][0]
    return [np.clip(x, zero + round(-1 / scale), zero + round(1 / scale))]


def describe(output):
    entry = {"shape": list(output.shape), "dtype": str(output.dtype)}
    if output.dtype == np.float32:
        entry["data"] = [float(f"{v:.9g}") for v in output.reshape(-1)]
    else:
        entry["crc32"] = zlib.crc32(output.tobytes())
    return entry


def constant_share(output):
    """The share of the most frequent value: a case that says nothing is a mistake."""
    _, counts = np.unique(output, return_counts=True)
    return counts.max() / output.size


def convert(nets, folder):
    """All models in one call of flatc."""
    with tempfile.TemporaryDirectory() as scratch:
        for name, net in nets.items():
            pathlib.Path(scratch, name + ".json").write_text(json.dumps(net.json()))
        texts = [str(pathlib.Path(scratch, name + ".json")) for name in nets]
        subprocess.run(["flatc", "-b", "-o", str(folder), str(SCHEMA), *texts], check=True)


def main():
    read_codes(SCHEMA.read_text())
    folder = HERE / "models"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.tflite"):
        old.unlink()
    nets = {name: make() for name, make in sorted(cases.CASES.items())}
    convert(nets, folder)
    expected = {}
    for name, net in nets.items():
        model = (folder / (name + ".tflite")).read_bytes()
        invokes = cases.INVOKES[name]
        if net.codes == ["RELU_N1_TO_1"]:
            outputs = {seed: by_definition(net, seed) for seed in SEEDS}
        else:
            outputs = {seed: run(model, net, invokes, seed) for seed in SEEDS}
        share = min(constant_share(o) for o in outputs[1])
        if share > (0.995 if outputs[1][0].dtype == np.bool_ else 0.9):  # equal floats are rare
            sys.exit(f"{name}: {share:.0%} of the outputs are equal")
        floats = [np.abs(o).max() for o in outputs[1] if o.dtype == np.float32]
        expected[name] = {
            "file": f"models/{name}.tflite",
            "inputs": [{"rule": rule} for _, rule in net.inputs],
            "invokes": invokes,
            "tolerance": float(f"{2e-5 * max(1.0, *floats):.2g}") if floats else 0.0,
            "seeds": {str(s): {"outputs": [describe(o) for o in outs]} for s, outs in outputs.items()},
        }
    lines = ",\n".join(f"{json.dumps(n)}: {json.dumps(e)}" for n, e in expected.items())
    (HERE / "expected.json").write_text("{\n" + lines + "\n}\n")
    print(f"{len(expected)} cases by tflite_micro {version('tflite_micro')}")


if __name__ == "__main__":
    main()
