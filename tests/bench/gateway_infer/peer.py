#!/usr/bin/env python3
"""Runs a model with a peer of CpuTiny. For each line of standard input, a number of seconds, prints the
shortest time of an inference in microseconds.

usage: peer.py litert|openvino|openvino-f32 MODEL.tflite
       peer.py onnxruntime MODEL.onnx
"""
import sys
import time

import numpy


def litert(path):
    from ai_edge_litert.interpreter import Interpreter
    interpreter = Interpreter(path, num_threads=1)
    interpreter.allocate_tensors()
    return interpreter.invoke


def openvino(path, **settings):
    import openvino
    core = openvino.Core()
    model = core.read_model(path)
    model.reshape([1] + [d.get_length() for d in list(model.input(0).partial_shape)[1:]])
    compiled = core.compile_model(model, "CPU", {
        "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY", **settings})
    request = compiled.create_infer_request()
    port = compiled.input(0)
    request.set_input_tensor(openvino.Tensor(
        numpy.zeros(list(port.shape), port.element_type.to_dtype())))
    return request.infer


def onnxruntime(path):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    port = session.get_inputs()[0]
    shape = [d if isinstance(d, int) else 1 for d in port.shape]
    values = {port.name: numpy.zeros(shape, numpy.float32 if "float" in port.type else numpy.int8)}
    return lambda: session.run(None, values)


PEERS = {"litert": litert, "openvino": openvino, "onnxruntime": onnxruntime,
         "openvino-f32": lambda path: openvino(path, INFERENCE_PRECISION_HINT="f32")}


def shortest(infer, seconds):
    clock = time.perf_counter
    count = 1
    best = float("inf")
    end = clock() + seconds
    while clock() < end:
        start = clock()
        for _ in range(count):
            infer()
        spent = clock() - start
        best = min(best, spent / count)
        if spent < 200e-6:
            count *= 2
    return best * 1e6


def main():
    infer = PEERS[sys.argv[1]](sys.argv[2])
    print("{}", flush=True)
    for line in sys.stdin:
        print(shortest(infer, float(line)), flush=True)


main()
