"""What compiled models cost on Cortex-M: counted in the emulator and read from the images. README.md beside this says how."""
import json
import pathlib
import shutil

import image

CORES = ("m4", "m7", "m33", "m55")
MODELS = ("kws", "ic", "vww", "ad")
METRICS = ("instructions", "cycles_model", "arena_bytes", "stack_bytes", "code_flash_bytes",
           "model_flash_bytes", "setup_instructions")
PEER = pathlib.Path(__file__).with_name("peer.json")


def measure(build, core, name, kind):
    """The metrics of one image; cycles_model for the M4 only."""
    one = image.Image(build, f"cortex-{core}", f"bench-{name}-{kind}")
    empty = image.Image(build, f"cortex-{core}", "bench-empty")
    run = one.run()
    (setup, _), (instructions, cycles) = run.intervals
    model = one.model_bytes()
    code = one.flash_bytes() - empty.flash_bytes() - (model if kind == "aot" else 0)
    found = {"instructions": instructions, "cycles_model": cycles, "arena_bytes": run.number("arena_bytes"),
             "stack_bytes": run.number("stack_bytes"), "code_flash_bytes": code,
             "model_flash_bytes": model, "setup_instructions": setup}
    if core != "m4":
        del found["cycles_model"]
    return found


def tools_are_missing():
    return not (shutil.which("arm-none-eabi-g++") and shutil.which("qemu-system-arm"))


def bench(report, build):
    peers = json.loads(PEER.read_text())
    missing = []
    for model in MODELS:
        if not image.Image(build, "cortex-m4", f"bench-{model}_int8-aot").path.exists():
            missing.append(model)
            continue
        for core in CORES:
            peer = peers.get(core, {}).get(model, {})
            for kind in ("interpreter", "aot"):
                found = measure(build, core, f"{model}_int8", kind)
                for metric, value in found.items():
                    add(report, f"{model}/{core}/{kind}", metric, value, peer.get(metric))
    for kind in ("interpreter", "aot"):
        for core in CORES:
            for metric, value in measure(build, core, "motor", kind).items():
                add(report, f"motor/{core}/{kind}", metric, value, None)
    print_table(report)
    if missing:
        print(f"  without {', '.join(missing)}: no folder of shared data (TINYFOG_SHARED) when this was configured")


def add(report, case, metric, value, peer):
    unit = "B" if metric.endswith("_bytes") else "cycles" if metric == "cycles_model" else ""
    report.add("cortex-m", case, metric, value, unit)
    if peer is not None:
        report.add("cortex-m", case, f"{metric}_peer", peer, unit)
        report.add("cortex-m", case, f"{metric}_vs_peer", value / peer, "")


def print_table(report):
    """A row for each case; behind each figure its share of the peer's, and the peer's figures in rows of their own."""
    cell = {(r["case"], r["metric"]): r["value"] for r in report.rows if r["bench"] == "cortex-m"}
    cases = list(dict.fromkeys(case for case, _ in cell))

    def text(case, metric):
        value, share = cell.get((case, metric)), cell.get((case, f"{metric}_vs_peer"))
        return "" if value is None else f"{value:,}" + ("" if share is None else f" ({share:.2f})")

    rows = [["case", *METRICS]]
    for case in cases:
        rows.append([case, *(text(case, m) for m in METRICS)])
        peer = [cell.get((case, f"{m}_peer")) for m in METRICS]
        if case.endswith("aot") and any(peer):
            rows.append([case.replace("aot", "peer"), *("" if p is None else f"{p:,}" for p in peer)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    print("\ncortex-m   (in brackets: ours divided by TensorFlow Lite Micro with CMSIS-NN)")
    for row in rows:
        print("  " + "  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))))
