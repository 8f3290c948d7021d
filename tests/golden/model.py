"""Small TensorFlow Lite models, written operator by operator.

A Net is a graph in the making; Net.json() is its text for flatc with fleet/src/tflite/schema.fbs.
"""

import numpy as np

# Our names for element types: the schema's name and numpy's type. Two "i4" share a byte.
TYPES = {
    "f32": ("FLOAT32", np.float32),
    "i4": ("INT4", np.int8),
    "i8": ("INT8", np.int8),
    "u8": ("UINT8", np.uint8),
    "i16": ("INT16", np.int16),
    "i32": ("INT32", np.int32),
    "i64": ("INT64", np.int64),
    "bool": ("BOOL", np.bool_),
}


class Q:
    """A quantised tensor's parameters: one scale, or one per index of `axis`."""

    def __init__(self, scales, zero_point=0, axis=0):
        self.scales = [float(np.float32(s)) for s in np.atleast_1d(scales)]
        self.zero_points = [int(zero_point)] * len(self.scales)
        self.axis = axis

    @property
    def scale(self):
        return self.scales[0]


def pack_nibbles(values):
    flat = np.append(values.reshape(-1), [0] * (values.size % 2)).astype(np.uint8) & 15
    return (flat[0::2] | flat[1::2] << 4).astype(np.uint8)


class Net:
    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.tensors = []
        self.buffers = [{}]
        self.operators = []
        self.codes = []
        self.inputs = []  # (tensor, rule)
        self.outputs = []
        self.kinds = []  # our type name of each tensor

    def tensor(self, shape, kind, quantization=None, constant=None, variable=False):
        buffer = 0
        if constant is not None:
            raw = pack_nibbles(constant) if kind == "i4" else constant.astype(TYPES[kind][1])
            buffer = len(self.buffers)
            self.buffers.append({"data": list(raw.tobytes())})
        entry = {
            "shape": list(shape),
            "type": TYPES[kind][0],
            "buffer": buffer,
            "name": f"t{len(self.tensors)}",
            "is_variable": variable,
        }
        if quantization is not None:
            entry["quantization"] = {
                "scale": quantization.scales,
                "zero_point": quantization.zero_points,
                "quantized_dimension": quantization.axis,
            }
        self.tensors.append(entry)
        self.kinds.append(kind)
        return len(self.tensors) - 1

    def input(self, shape, kind, quantization=None, rule=None):
        rules = {"i8": "byte", "u8": "byte", "i16": "byte pair", "bool": "bit", "i32": "signed byte",
                 "f32": "signed byte / 32"}
        tensor = self.tensor(shape, kind, quantization)
        self.inputs.append((tensor, rule or rules[kind]))
        return tensor

    def constant(self, values, kind="i32", quantization=None):
        values = np.asarray(values)
        return self.tensor(values.shape, kind, quantization, constant=values)

    def weights(self, shape, kind, quantization=None):
        """Seeded random values; floats have the size that keeps sums near one."""
        if kind == "f32":
            values = self.random.normal(0, 1 / np.sqrt(np.prod(shape[1:]) or 1), shape)
        elif kind == "i4":
            values = self.random.integers(-7, 8, shape)
        else:
            values = self.random.integers(-127, 128, shape)
        return self.tensor(shape, kind, quantization, constant=values)

    def op(self, name, inputs, outputs, options=None):
        """`outputs`: (shape, kind, quantization) each. Returns their tensors."""
        made = [self.tensor(*output) for output in outputs]
        if name not in self.codes:
            self.codes.append(name)
        entry = {"opcode_index": self.codes.index(name), "inputs": inputs, "outputs": made}
        if options is not None:
            entry["builtin_options_type"], entry["builtin_options"] = options
        self.operators.append(entry)
        return made

    def json(self):
        codes = [{"builtin_code": c, "deprecated_builtin_code": min(CODES[c], 127)} for c in self.codes]
        graph = {
            "tensors": self.tensors,
            "inputs": [t for t, _ in self.inputs],
            "outputs": self.outputs,
            "operators": self.operators,
        }
        return {"version": 3, "operator_codes": codes, "subgraphs": [graph], "buffers": self.buffers}


CODES = {}


def read_codes(schema):
    """The operators' numbers from the schema's text."""
    body = schema[schema.index("enum BuiltinOperator:int {"):]
    body = body[body.index("{") + 1:body.index("}")]
    for entry in body.replace("\n", " ").split(","):
        name, number = entry.split("=")
        CODES[name.strip()] = int(number)
