"""The benchmark gateway-infer: models with CpuTiny, Arm NN's CpuRef and peers, in turns on one core."""
import json
import os
import pathlib
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
PEERS = ("litert", "openvino", "openvino-f32", "onnxruntime")


class Engine:
    """A process that measures when it is told to."""

    def __init__(self, core, *command):
        self.process = subprocess.Popen(
            [*map(str, command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
            preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}))
        line = self.process.stdout.readline()
        self.failure = "" if line else self.process.stderr.read().strip()[-300:]
        self.facts = json.loads(line) if line else {}
        self.best = float("inf")
        self.others = []  # what else it prints, the least of each

    def measure(self, seconds):
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        first, *others = map(float, self.process.stdout.readline().split())
        self.best = min(self.best, first)
        self.others = [*map(min, self.others, others)] if self.others else others

    def close(self):
        self.process.communicate()


def peers_python(build):
    """A virtual environment with the peers, made when it is not there."""
    folder = build / "peers"
    python = folder / "bin/python"
    pins = HERE / "requirements.txt"
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_text() != pins.read_text():
        print("gateway-infer: installing the peers from PyPI", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        done = subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", pins],
                              capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit("gateway-infer: the peers cannot be installed: " + done.stderr[-2000:])
        stamp.write_text(pins.read_text())
    return python


def commands(program, model, isas, peers):
    """{engine/threads: command}; the rest of what is measured of one model."""
    yield "cpuref/1", [program, model, "--engine", "cpuref"]
    yield "cputiny/1", [program, model]
    for isa in isas:
        yield f"cputiny-{isa}/1", [program, model, "--engine", isa]
    onnx = model.parent / "onnx" / (model.stem + ".onnx")
    for peer in PEERS if peers else ():
        source = onnx if peer == "onnxruntime" else model
        # By default OpenVINO computes floats in 16 bits where the machine has instructions for it.
        if source.exists() and (peer != "openvino-f32" or "float" in model.stem):
            yield f"{peer}/1", [peers, HERE / "peer.py", peer, source]


def bench(report, build, models, options):
    program = build / "bin/bench-infer"
    peak = json.loads(subprocess.run([program, "--peak"], capture_output=True, text=True,
                                     check=True).stdout)
    isas = list(peak)
    core = max(os.sched_getaffinity(0))
    peers = peers_python(build) if options.peers else None
    for isa, figures in peak.items():
        for kind, value in figures.items():
            report.add("gateway-infer", f"peak/{isa}", f"{kind}_gmac_per_s", value, "GMAC/s")
    for model in models:
        one_model(report, program, model, peak, isas, core, peers, options)


def one_model(report, program, model, peak, isas, core, peers, options):
    name = model.parent.parent.name if model.stem == "model" else model.stem
    engines = {case: Engine(core, *command) for case, command in commands(program, model, isas, peers)}
    for case in [case for case, engine in engines.items() if engine.failure]:
        print(f"gateway-infer: {name}/{case} does not run: {engines.pop(case).failure}")
    for _ in range(options.rounds):
        for engine in engines.values():
            engine.measure(options.seconds / 8)
    reference = engines["cpuref/1"].best if "cpuref/1" in engines else None
    fastest = min((e.best for c, e in engines.items() if c.partition("/")[0] in PEERS), default=None)
    for case, engine in engines.items():
        def add(metric, value, unit=""):
            report.add("gateway-infer", f"{name}/{case}", metric, value, unit)
        add("us", engine.best, "us")
        add("rate", 1e6 / engine.best, "1/s")
        if reference:
            add("ratio_cpuref", reference / engine.best)
        facts = engine.facts
        if "macs" in facts and facts["kernels"] in peak:
            limit = peak[facts["kernels"]]["float" if facts["is_float"] else "int8"]
            add("peak_fraction", facts["macs"] / engine.best / 1e3 / limit)
        if fastest and case.startswith("cputiny"):
            add("ratio_best_peer", fastest / engine.best)
        engine.close()
    overhead(report, program, name, model, core, options)
    threads(report, program, name, model, options)


def overhead(report, program, name, model, core, options):
    """What the gateway's direct path takes beside the kernels."""
    engine = Engine(core, program, model, "--overhead")
    for _ in range(options.rounds):
        engine.measure(options.seconds / 4)
    report.add("gateway-infer", f"{name}/cputiny/1", "overhead_us", engine.others[0] - engine.best, "us")
    engine.close()


def threads(report, program, name, model, options):
    """Inferences per second of one thread and of as many as there are cores, in turns."""
    count = os.cpu_count()
    engines = {n: Engine(None, program, model, "--threads", n) for n in (1, count)}
    for _ in range(options.rounds):
        for engine in engines.values():
            engine.measure(options.seconds / 4)
    rates = {n: 1e6 / engine.best for n, engine in engines.items()}
    processor = {n: engine.others[0] for n, engine in engines.items()}
    for engine in engines.values():
        engine.close()
    case = f"{name}/cputiny/{count}"
    report.add("gateway-infer", case, "rate", rates[count], "1/s")
    report.add("gateway-infer", case, "ratio_one_thread", rates[count] / rates[1], "")
    report.add("gateway-infer", case, "ratio_one_thread_cpu", processor[1] / processor[count], "")
