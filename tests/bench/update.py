"""A model brought to many nodes (tinyfog-node) by one gateway: what it costs on the wire, and how long it takes."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request

import gateway as rig

NODES = 200


def run(*command):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True).stdout


def model():
    """A large one where there is one, else the demo's."""
    shared = pathlib.Path(os.environ.get("TINYFOG_SHARED", rig.SOURCE.parent / "shared"), "models/ad_int8.tflite")
    return shared if shared.exists() else rig.SOURCE / "fleet/demo/models/motor/1/model.tflite"


def metric(gateway, name, label=""):
    with urllib.request.urlopen(f"http://{gateway.endpoints['metrics']}/metrics") as page:
        lines = page.read().decode().splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines
               if re.match(name + r"[{ ]", line) and label in line)


def make_site(build, folder):
    """Keys and a signed package; returns the package."""
    run(build / "bin/tinyfog-provision", "site", folder)
    package = folder / "package"
    run(build / "bin/tinyfog-package", "make", "--key", folder / "signing.key", "--version", 1, "--name", "model",
        "--target", "portable", "--raw", "-o", package, model())
    return package


def measure(build, folder, nodes):
    package = make_site(build, folder)
    keys = f'[artifacts]\ntrusted_keys = ["{folder / "signing.pub"}"]\n'
    gateway = rig.Gateway(build, extra=keys)
    store = gateway.folder / "data/artifacts"
    store.mkdir(parents=True)
    shutil.copyfile(package, store / hashlib.sha256(package.read_bytes()).hexdigest())
    with gateway:
        ctl = [build / "bin/tinyfogctl", "--server", f"unix:{gateway.endpoints['unix']}"]
        flash = folder / "n.flash"
        run(build / "bin/tinyfog-provision", "node", folder, "n", "--broker",
            f"127.0.0.1:{gateway.mqtt_port}", "--flash", flash, "--plain")
        process = subprocess.Popen([build / "bin/tinyfog-node", "--flash", flash, "--nodes", str(nodes), "--folder",
                                    folder / "nodes"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            rig.wait_until(lambda: metric(gateway, "tinyfog_fleet_nodes", "ready") == nodes, "the nodes' births")
            names = run(*ctl, "node", "list", "--names").split()
            started = time.monotonic()
            for name in names:
                run(*ctl, "node", "set", name, "--model", "model@1")
            asked = time.monotonic()
            rig.wait_until(lambda: metric(gateway, "tinyfog_fleet_updates_total", "done") == nodes, "the updates")
            taken = time.monotonic()
            listed = json.loads(run(*ctl, "--json", "node", "list"))["nodes"]
            assert all(node["models"][0]["active"] for node in listed)
            chunks = listed[0]["update"]["chunks"]
            # These counters are refreshed once a second.
            rig.wait_until(lambda: metric(gateway, "tinyfog_fleet_chunks_published_total") >= chunks, "the counters")
            size = package.stat().st_size
            sent = metric(gateway, "tinyfog_fleet_chunk_bytes_total")
            return {"artifact_bytes": (size, "B"), "gateway_bytes": (sent, "B"), "ratio": (sent / size, ""),
                    "chunks": (metric(gateway, "tinyfog_fleet_chunks_published_total"), ""),
                    "repairs": (metric(gateway, "tinyfog_fleet_chunk_repairs_total"), ""),
                    "reports": (metric(gateway, "tinyfog_fleet_messages_total", "ota"), ""),
                    "asking_s": (asked - started, "s"), "all_s": (taken - started, "s")}
        finally:
            rig.stop(process)


def bench(report, build, nodes=NODES):
    with tempfile.TemporaryDirectory(prefix="tinyfog-update-") as folder:
        for name, (value, unit) in measure(pathlib.Path(build), pathlib.Path(folder), nodes).items():
            report.add("update", f"{nodes} nodes", name, float(value), unit)
