"""The cases: one operator each, every type that the compiler takes. CASES: name -> function that builds a Net."""

import zlib

import numpy as np

from model import Net, Q

CASES = {}
INVOKES = {}

# Activations, weights and biases of the operators with weights.
WEIGHTED = {
    "f32": ("f32", "f32", "f32"),
    "i8": ("i8", "i8", "i32"),
    "i16": ("i16", "i8", "i64"),
    "w4": ("i8", "i4", "i32"),
}
RMS = {"i4": 4.3, "i8": 74.0, "i16": 18900.0}  # of uniform values of the whole range
TOP = {"i8": 127, "i16": 32767}


def case(name, kinds=("",), invokes=1):
    """Registers build(net, kind) as the case <name>_<kind> for each of the kinds."""

    def register(build):
        for kind in kinds:
            full = f"{name}_{kind}" if kind else name
            assert full not in CASES, full

            def make(full=full, kind=kind):
                net = Net(zlib.crc32(full.encode()))
                net.outputs = build(net, kind) if kind else build(net)
                return net

            CASES[full] = make
            INVOKES[full] = invokes
        return build

    return register


def act(kind, scale=None, zero_point=None):
    """Quantisation of an activation: none for float, symmetric for int16."""
    if kind in ("f32", "i32", "bool"):
        return None
    if kind == "i16":
        return Q(scale or 1 / 4096)
    return Q(scale or 0.05, 3 if zero_point is None else zero_point)


# ---- operators with weights ----


def weighted(net, kind, shape, channels, inner, axis, weight_shape, per_channel=True):
    """Input, weights, bias and the output's quantisation."""
    a, w, b = WEIGHTED[kind]
    x = net.input(shape, a, act(a))
    if kind == "f32":
        return x, net.weights(weight_shape, w), net.weights((channels,), b), None
    count = channels if per_channel else 1
    scales = net.random.uniform(0.004, 0.012, count).astype(np.float32)
    weights = net.weights(weight_shape, w, Q(scales, axis=axis))
    scale = act(a).scale
    spread = RMS[a] * RMS[w] * np.sqrt(inner)  # of the sums
    values = np.rint(net.random.normal(0, spread / 2, channels)).astype(np.int64)
    bias = net.constant(values, b, Q(scales.astype(np.float64) * scale))
    out = Q(3 * spread * scale * 0.008 / TOP[a], 0 if a == "i16" else -5)
    return x, weights, bias, out


def window(padding, stride, activation="NONE", **more):
    return {"padding": padding, "stride_w": stride[1], "stride_h": stride[0],
            "fused_activation_function": activation, **more}


def conv(name, kinds, shape, filter_shape, out, padding, stride=(1, 1), activation="NONE", dilation=(1, 1)):
    @case(f"conv_2d_{name}", kinds)
    def _(net, kind):
        channels, kh, kw, depth = filter_shape
        x, w, b, q = weighted(net, kind, shape, channels, kh * kw * depth, 0, filter_shape)
        options = window(padding, stride, activation, dilation_h_factor=dilation[0], dilation_w_factor=dilation[1])
        return net.op("CONV_2D", [x, w, b], [(out, WEIGHTED[kind][0], q)], ("Conv2DOptions", options))


ALL = tuple(WEIGHTED)
conv("same", ALL, (1, 7, 6, 3), (5, 3, 3, 3), (1, 7, 6, 5), "SAME")
conv("same_stride_2", ALL, (2, 8, 7, 2), (6, 3, 3, 2), (2, 4, 4, 6), "SAME", (2, 2), "RELU")
conv("valid_1x1", ALL, (1, 5, 5, 12), (9, 1, 1, 12), (1, 5, 5, 9), "VALID", activation="RELU6")
conv("valid_10x4", ("i8",), (1, 20, 10, 1), (8, 10, 4, 1), (1, 6, 4, 8), "VALID", (2, 2))
conv("dilated", ("f32", "i8", "i16"), (1, 9, 9, 2), (4, 3, 3, 2), (1, 5, 5, 4), "VALID", dilation=(2, 2))
conv("grouped", ("f32", "i8"), (1, 5, 5, 8), (6, 3, 3, 4), (1, 5, 5, 6), "SAME", activation="RELU_N1_TO_1")


def depthwise(name, kinds, shape, kernel, multiplier, out, padding, stride=(1, 1), activation="NONE"):
    @case(f"depthwise_conv_2d_{name}", kinds)
    def _(net, kind):
        channels = shape[3] * multiplier
        x, w, b, q = weighted(net, kind, shape, channels, kernel[0] * kernel[1], 3, (1, *kernel, channels))
        options = window(padding, stride, activation, depth_multiplier=multiplier)
        return net.op("DEPTHWISE_CONV_2D", [x, w, b], [(out, WEIGHTED[kind][0], q)],
                      ("DepthwiseConv2DOptions", options))


depthwise("same", ALL, (1, 6, 5, 10), (3, 3), 1, (1, 6, 5, 10), "SAME", activation="RELU")
depthwise("stride_2", ALL, (1, 8, 8, 8), (3, 3), 1, (1, 4, 4, 8), "SAME", (2, 2))
depthwise("multiplier_3", ALL, (1, 5, 5, 2), (2, 3), 3, (1, 4, 3, 6), "VALID")
depthwise("10x1", ("i8",), (1, 16, 1, 16), (10, 1), 1, (1, 7, 1, 16), "VALID")


@case("transpose_conv_same", ("f32", "i8", "i16"))
def _(net, kind):
    a = WEIGHTED[kind][0]
    shape = net.constant([1, 8, 6, 4])
    x, w, b, q = weighted(net, kind, (1, 4, 3, 3), 4, 9 * 3 / 4, 0, (4, 3, 3, 3))
    return net.op("TRANSPOSE_CONV", [shape, w, x, b], [((1, 8, 6, 4), a, q)],
                  ("TransposeConvOptions", {"padding": "SAME", "stride_w": 2, "stride_h": 2}))


def fully_connected(name, kinds, batches, inputs, outputs, activation="NONE", bias=True):
    @case(f"fully_connected_{name}", kinds)
    def _(net, kind):
        x, w, b, q = weighted(net, kind, (batches, inputs), outputs, inputs, 0, (outputs, inputs), False)
        return net.op("FULLY_CONNECTED", [x, w, b if bias else -1],
                      [((batches, outputs), WEIGHTED[kind][0], q)],
                      ("FullyConnectedOptions", {"fused_activation_function": activation}))


fully_connected("relu", ALL, 1, 37, 11, "RELU")
fully_connected("batches", ALL, 3, 16, 4)
fully_connected("no_bias", ALL, 1, 20, 8, bias=False)


@case("batch_matmul", ("f32", "i8", "i16"))
def _(net, kind):
    x = net.input((2, 3, 5), kind, act(kind))
    y = net.input((2, 5, 4), kind, act(kind, zero_point=-4))
    spread = {"f32": 0, "i8": 3 * 3.7**2 * 2.2 / 127, "i16": 3 * 4.6**2 * 2.2 / 32767}[kind]
    return net.op("BATCH_MATMUL", [x, y], [((2, 3, 4), kind, act(kind, spread))], ("BatchMatMulOptions", {}))


# ---- pools, softmax, reductions ----

for pool in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
    @case(pool.lower() + "_same", ("f32", "i8", "i16"))
    def _(net, kind, pool=pool):
        x = net.input((1, 7, 5, 6), kind, act(kind))
        options = window("SAME", (2, 2), "RELU", filter_width=3, filter_height=2)
        return net.op(pool, [x], [((1, 4, 3, 6), kind, act(kind))], ("Pool2DOptions", options))


@case("softmax", ("f32", "i8", "i16"))
def _(net, kind):
    x = net.input((3, 10), kind, act(kind))
    out = {"f32": None, "i8": Q(1 / 256, -128), "i16": Q(1 / 32768)}[kind]
    return net.op("SOFTMAX", [x], [((3, 10), kind, out)], ("SoftmaxOptions", {"beta": 1.0}))


@case("log_softmax", ("f32", "i8"))
def _(net, kind):
    x = net.input((3, 10), kind, act(kind))
    out = None if kind == "f32" else Q(16 / 256, 127)
    return net.op("LOG_SOFTMAX", [x], [((3, 10), kind, out)], ("LogSoftmaxOptions", {}))


@case("l2_normalization", ("f32", "i8"))
def _(net, kind):
    x = net.input((4, 9), kind, act(kind))
    out = None if kind == "f32" else Q(1 / 128, 0)
    return net.op("L2_NORMALIZATION", [x], [((4, 9), kind, out)], ("L2NormOptions", {}))


for reduction, kinds in (("MEAN", ("f32", "i8", "i16")), ("SUM", ("f32", "i8", "i16")), ("REDUCE_MAX", ("f32", "i8"))):
    @case(reduction.lower(), kinds)
    def _(net, kind, reduction=reduction):
        x = net.input((2, 4, 5, 3), kind, act(kind))
        grow = 4 if reduction == "SUM" else 1
        out = act(kind, None if kind == "f32" else act(kind).scale * grow)
        return net.op(reduction, [x, net.constant([1, 2])], [((2, 3), kind, out)],
                      ("ReducerOptions", {"keep_dims": False}))

for arg in ("ARG_MAX", "ARG_MIN"):
    @case(arg.lower(), ("f32", "i8"))
    def _(net, kind, arg=arg):
        x = net.input((3, 11), kind, act(kind))
        options = ("ArgMaxOptions" if arg == "ARG_MAX" else "ArgMinOptions", {"output_type": "INT32"})
        return net.op(arg, [x, net.constant(1)], [((3,), "i32", None)], options)

# ---- element-wise ----

BINARY = {
    "ADD": ("AddOptions", ("f32", "i8", "i16", "i32")),
    "SUB": ("SubOptions", ("f32", "i8", "i16", "i32")),
    "MUL": ("MulOptions", ("f32", "i8", "i16", "i32")),
    "MAXIMUM": ("MaximumMinimumOptions", ("f32", "i8", "i16", "i32")),
    "MINIMUM": ("MaximumMinimumOptions", ("f32", "i8", "i16", "i32")),
    "SQUARED_DIFFERENCE": ("SquaredDifferenceOptions", ("f32", "i8", "i16")),
}
for operator, (options, kinds) in BINARY.items():
    for name, second in (("", (2, 3, 4, 5)), ("_broadcast", (1, 4, 5))):
        @case(operator.lower() + name, kinds)
        def _(net, kind, operator=operator, options=options, second=second):
            raw = operator in ("MAXIMUM", "MINIMUM")  # compare bytes: one quantisation for all
            x = net.input((2, 3, 4, 5), kind, act(kind))
            y = net.input(second, kind, act(kind) if raw else act(kind, act(kind) and act(kind).scale * 0.7, -9))
            grow = {"MUL": 4.0, "SQUARED_DIFFERENCE": 8.0}.get(operator, 1.3)
            out = act(kind) if raw or act(kind) is None else act(kind, act(kind).scale * grow, 7)
            # TFLM's int32 SUB and MUL take no activation.
            fused = {"fused_activation_function": "RELU"} if operator == "ADD" and kind != "i32" else {}
            return net.op(operator, [x, y], [((2, 3, 4, 5), kind, out)], (options, fused))

for operator in ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL"):
    @case(operator.lower(), ("f32", "i8", "i32"))
    def _(net, kind, operator=operator):
        x = net.input((40, 30), kind, act(kind), "mod 3" if kind == "i32" else None)
        # Equal values are rare enough when both sides have one scale.
        other = act(kind) if kind == "f32" or operator in ("EQUAL", "NOT_EQUAL") else act(kind, 0.06, -2)
        y = net.input((30,), kind, other, "mod 3" if kind == "i32" else None)
        names = {"EQUAL": "EqualOptions", "NOT_EQUAL": "NotEqualOptions", "GREATER": "GreaterOptions",
                 "GREATER_EQUAL": "GreaterEqualOptions", "LESS": "LessOptions", "LESS_EQUAL": "LessEqualOptions"}
        return net.op(operator, [x, y], [((40, 30), "bool", None)], (names[operator], {}))


@case("select_v2", ("f32", "i8", "i16"))
def _(net, kind):
    c = net.input((3, 1, 4), "bool")
    x = net.input((3, 5, 4), kind, act(kind))
    y = net.input((1, 4), kind, act(kind))
    return net.op("SELECT_V2", [c, x, y], [((3, 5, 4), kind, act(kind))], ("SelectV2Options", {}))


def unary(operator, kinds, out=None, options=None):
    @case(operator.lower(), kinds)
    def _(net, kind):
        x = net.input((2, 5, 7), kind, act(kind))
        q = act(kind) if kind == "f32" or out is None else out(kind)
        return net.op(operator, [x], [((2, 5, 7), kind, q)], options)


unary("ABS", ("f32", "i8", "i16"), options=("AbsOptions", {}))
unary("NEG", ("f32",), options=("NegOptions", {}))
unary("RELU", ("f32", "i8", "i16"), lambda k: act(k, act(k).scale * 1.1, -20))
unary("RELU6", ("f32", "i8", "i16"))
unary("RELU_N1_TO_1", ("f32", "i8"))
unary("LEAKY_RELU", ("f32", "i8", "i16"), lambda k: act(k, act(k).scale * 1.1, -20), ("LeakyReluOptions", {"alpha": 0.2}))
unary("ELU", ("f32", "i8"), lambda k: act(k, 0.03, -30))
unary("HARD_SWISH", ("f32", "i8"), lambda k: act(k, 0.04, -60), ("HardSwishOptions", {}))
unary("LOGISTIC", ("f32", "i8", "i16"), lambda k: Q(1 / 256, -128) if k == "i8" else Q(1 / 32768))
unary("TANH", ("f32", "i8", "i16"), lambda k: Q(1 / 128, 0) if k == "i8" else Q(1 / 32768))


@case("prelu", ("f32", "i8"))
def _(net, kind):
    x = net.input((1, 4, 4, 6), kind, act(kind))
    slopes = net.weights((1, 1, 6), kind, act(kind, None if kind == "f32" else 0.01, 0))
    out = act(kind, None if kind == "f32" else 0.06, -20)
    return net.op("PRELU", [x, slopes], [((1, 4, 4, 6), kind, out)])


for source, target in (("f32", "i8"), ("f32", "i16"), ("i8", "i8"), ("u8", "i8"), ("i8", "u8"), ("i16", "i8"),
                       ("i16", "i16"), ("i8", "i16"), ("i8", "i32"), ("i16", "i32")):
    @case(f"quantize_{source}_to_{target}")
    def _(net, source=source, target=target):
        x = net.input((5, 20), source, act(source, zero_point=100 if source == "u8" else None))
        q = {"i8": Q(0.06, -7), "u8": Q(0.06, 120), "i16": Q(1 / 3000), "i32": Q(1 / 70000)}[target]
        return net.op("QUANTIZE", [x], [((5, 20), target, q)], ("QuantizeOptions", {}))

for source in ("i8", "i16", "u8"):
    @case(f"dequantize_{source}")
    def _(net, source=source):
        x = net.input((5, 20), source, act(source, zero_point=100 if source == "u8" else None))
        return net.op("DEQUANTIZE", [x], [((5, 20), "f32", None)], ("DequantizeOptions", {}))

# ---- shapes and moves ----

MOVED = ("f32", "i8", "i16")


def move(name, operator, shape, out, constants=(), options=None, kinds=MOVED):
    """Operators that only move values; `constants` follow the input."""
    @case(name, kinds)
    def _(net, kind):
        x = net.input(shape, kind, act(kind))
        outs = out if isinstance(out, list) else [out]
        return net.op(operator, [x] + [net.constant(c) for c in constants], [(o, kind, act(kind)) for o in outs], options)


move("reshape", "RESHAPE", (2, 3, 4), (6, 4), [[6, 4]], ("ReshapeOptions", {"new_shape": [6, 4]}))
move("squeeze", "SQUEEZE", (1, 5, 1, 3), (5, 3), options=("SqueezeOptions", {"squeeze_dims": [0, 2]}))
move("expand_dims", "EXPAND_DIMS", (4, 3), (4, 1, 3), [1], ("ExpandDimsOptions", {}))
move("transpose", "TRANSPOSE", (2, 3, 4, 5), (4, 2, 5, 3), [[2, 0, 3, 1]], ("TransposeOptions", {}))
move("pad", "PAD", (1, 3, 4, 2), (1, 6, 5, 4), [[[0, 0], [1, 2], [0, 1], [2, 0]]], ("PadOptions", {}))
move("mirror_pad", "MIRROR_PAD", (3, 4), (6, 7), [[[2, 1], [1, 2]]], ("MirrorPadOptions", {"mode": "REFLECT"}), ("f32", "i8"))
move("slice", "SLICE", (3, 4, 5), (2, 3, 2), [[1, 0, 2], [2, 3, 2]], ("SliceOptions", {}))
move("strided_slice", "STRIDED_SLICE", (6, 7), (2, 4), [[1, 6], [5, 0], [2, -2]][0:3], ("StridedSliceOptions", {"end_mask": 2}))
move("unpack", "UNPACK", (2, 3, 4), [(2, 4)] * 3, options=("UnpackOptions", {"num": 3, "axis": 1}))
move("resize_nearest_neighbor", "RESIZE_NEAREST_NEIGHBOR", (1, 3, 4, 2), (1, 7, 6, 2), [[7, 6]],
     ("ResizeNearestNeighborOptions", {}))
move("resize_bilinear", "RESIZE_BILINEAR", (1, 3, 4, 2), (1, 7, 6, 2), [[7, 6]],
     ("ResizeBilinearOptions", {"half_pixel_centers": True}), ("f32", "i8"))
move("space_to_depth", "SPACE_TO_DEPTH", (1, 4, 6, 3), (1, 2, 3, 12), options=("SpaceToDepthOptions", {"block_size": 2}),
     kinds=("f32", "i8"))
move("depth_to_space", "DEPTH_TO_SPACE", (1, 2, 3, 12), (1, 4, 6, 3), options=("DepthToSpaceOptions", {"block_size": 2}),
     kinds=("f32", "i8"))
# Without padding: TFLM pads int8 with bytes 0, which is no value of the tensor.
move("space_to_batch_nd", "SPACE_TO_BATCH_ND", (1, 4, 6, 2), (4, 2, 3, 2), [[2, 2], [[0, 0], [0, 0]]],
     ("SpaceToBatchNDOptions", {}), ("f32", "i8"))
move("batch_to_space_nd", "BATCH_TO_SPACE_ND", (4, 2, 3, 2), (1, 3, 6, 2), [[2, 2], [[0, 1], [0, 0]]],
     ("BatchToSpaceNDOptions", {}), ("f32", "i8"))
move("gather", "GATHER", (4, 5, 3), (4, 3, 3), [[4, 0, 2]], ("GatherOptions", {"axis": 1}), ("f32", "i8"))


@case("padv2", MOVED)
def _(net, kind):
    x = net.input((2, 5), kind, act(kind))
    value = net.constant(np.array([-17.0 if kind == "f32" else -17]), kind, act(kind))
    return net.op("PADV2", [x, net.constant([[1, 0], [2, 1]]), value], [((3, 8), kind, act(kind))], ("PadV2Options", {}))


@case("concatenation", MOVED)
def _(net, kind):
    parts = [net.input((2, n, 3), kind, act(kind)) for n in (1, 4, 2)]
    return net.op("CONCATENATION", parts, [((2, 7, 3), kind, act(kind))], ("ConcatenationOptions", {"axis": 1}))


@case("pack", MOVED)
def _(net, kind):
    parts = [net.input((3, 4), kind, act(kind)) for _ in range(2)]
    return net.op("PACK", parts, [((3, 2, 4), kind, act(kind))], ("PackOptions", {"values_count": 2, "axis": 1}))


@case("split", MOVED)
def _(net, kind):
    axis = net.constant(1)
    x = net.input((2, 6, 3), kind, act(kind))
    return net.op("SPLIT", [axis, x], [((2, 2, 3), kind, act(kind))] * 3, ("SplitOptions", {"num_splits": 3}))


@case("split_v", MOVED)
def _(net, kind):
    x = net.input((2, 6, 3), kind, act(kind))
    outs = [((2, n, 3), kind, act(kind)) for n in (1, 3, 2)]
    return net.op("SPLIT_V", [x, net.constant([1, 3, 2]), net.constant(1)], outs, ("SplitVOptions", {"num_splits": 3}))


# ---- state ----


@case("svdf", ("f32", "i8"), invokes=5)
def _(net, kind):
    units, rank, memory, inputs = 5, 2, 4, 7
    filters = units * rank
    is_float = kind == "f32"
    x = net.input((2, inputs), kind, act(kind))
    state_kind = "f32" if is_float else "i16"
    feature = net.weights((filters, inputs), kind, None if is_float else Q(0.01))
    time = net.weights((filters, memory), "f32") if is_float else net.constant(
        net.random.integers(-9000, 9001, (filters, memory)), "i16", Q(1 / 8192))
    state_scale = 1 / 2048
    bias = net.weights((units,), "f32") if is_float else net.constant(
        net.random.integers(-40000, 40001, units), "i32", Q(state_scale / 8192))
    state = net.tensor((2, filters * memory), state_kind, None if is_float else Q(state_scale), variable=True)
    return net.op("SVDF", [x, feature, time, bias, state], [((2, units), kind, act(kind, None if is_float else 0.1))],
                  ("SVDFOptions", {"rank": rank, "fused_activation_function": "NONE"}))


@case("unidirectional_sequence_lstm", ("f32", "i8", "i16"), invokes=2)
def _(net, kind):
    batches, steps, inputs, units = 2, 3, 5, 6
    a, w, b = WEIGHTED[kind]
    is_float = kind == "f32"
    hidden = None if is_float else Q(1 / 128, 2) if kind == "i8" else Q(1 / 32768)
    x = net.input((batches, steps, inputs), a, None if is_float else act(a, 0.01 if a == "i8" else 1 / 16384))
    x_scale = 1 if is_float else (0.01 if a == "i8" else float(np.float32(1 / 16384)))
    gates_x = [net.weights((units, inputs), w, None if is_float else Q(0.006 + 0.001 * i)) for i in range(4)]
    gates_h = [net.weights((units, units), w, None if is_float else Q(0.007 + 0.001 * i)) for i in range(4)]
    biases = []
    for i in range(4):
        scale = None if is_float else Q(np.float32(0.006 + 0.001 * i) * np.float32(x_scale))
        size = 5000 if kind == "i8" else 2000000
        biases.append(net.weights((units,), "f32") if is_float else net.constant(
            net.random.integers(-size, size + 1, units), b, scale))
    h = net.tensor((batches, units), a, hidden, variable=True)
    c = net.tensor((batches, units), "f32" if is_float else "i16", None if is_float else Q(1 / 4096), variable=True)
    absent = [-1] * 3
    ins = [x, *gates_x, *gates_h, *absent, *biases, -1, -1, h, c, -1, -1, -1, -1]
    return net.op("UNIDIRECTIONAL_SEQUENCE_LSTM", ins, [((batches, steps, units), a, hidden)],
                  ("UnidirectionalSequenceLSTMOptions", {"fused_activation_function": "TANH", "cell_clip": 1.5}))
