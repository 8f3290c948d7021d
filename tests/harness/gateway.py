"""Starts programs of a build for Python tests and benchmarks, and stops them again."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BOUND_S = 60  # only ends a run that fails


def wait_until(condition, what):
    """Polls until `condition()` is true; raises with `what` after a generous bound."""
    end = time.monotonic() + BOUND_S
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"gave up waiting for {what}")
        time.sleep(0.01)


def accepts(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(BOUND_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


@contextlib.contextmanager
def broker():
    """A mosquitto on a free port; yields the port."""
    with tempfile.TemporaryDirectory(prefix="tinyfog-broker-") as folder:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        conf = pathlib.Path(folder, "mosquitto.conf")
        conf.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"
                        "max_queued_messages 65536\n")
        process = subprocess.Popen(["/usr/sbin/mosquitto", "-c", conf], stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: accepts(port), "mosquitto")
            yield port
        finally:
            stop(process)


class Gateway:
    """A tinyfogd on free ports with a data folder of its own. Use as a context manager."""

    def __init__(self, build, engine="armnn", broker_uri="", models=None, extra=""):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tinyfog-gateway-"))
        self.repository = self.folder / "models"
        shutil.copytree(SOURCE / "fleet/demo/models", self.repository)
        for name, file in (models or {}).items():
            version = self.repository / name / "1"
            version.mkdir(parents=True)
            shutil.copyfile(file, version / "model.tflite")
        self.config = self.folder / "tinyfogd.toml"
        self.config.write_text(config_text(self.folder, engine, broker_uri, extra))
        self.log = self.folder / "log"
        self.build = pathlib.Path(build)
        self.process = None
        self.endpoints = {}

    def __enter__(self):
        data = self.folder / "data"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [self.build / "bin/tinyfogd", "--config", self.config, "--data", data],
                stdin=subprocess.DEVNULL, stderr=log)
        try:
            self.endpoints = wait_until(lambda: self._ready(data / "endpoints.json"), "tinyfogd")
            wait_until(self._connected, "the connection to the broker")
        except Exception:
            print(self.log.read_text(errors="replace"))
            self.__exit__(RuntimeError)
            raise
        return self

    def _ready(self, file):
        if self.process.poll() is not None:
            raise RuntimeError(f"tinyfogd ended with {self.process.returncode}")
        return json.loads(file.read_text()) if file.exists() else None

    def _connected(self):
        url = f"http://{self.endpoints['metrics']}/metrics"
        with urllib.request.urlopen(url) as page:
            return b"\ntinyfog_mqtt_connected 1\n" in page.read()

    def __exit__(self, failure=None, *_):
        code = stop(self.process)
        log = self.log.read_text(errors="replace") if code != 0 else ""
        shutil.rmtree(self.folder, ignore_errors=True)
        if code != 0 and failure is None:  # a sanitizer's report at exit, for one
            raise RuntimeError(f"tinyfogd ended with {code}:\n{log}")

    @property
    def mqtt_port(self):
        return int(self.endpoints["mqtt"].rsplit(":", 1)[1])

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    def ctl(self, *arguments):
        """The parsed JSON of a tinyfogctl command."""
        out = subprocess.run(
            [self.build / "bin/tinyfogctl", "--json", "--server", "unix:" + self.endpoints["unix"],
             *arguments], capture_output=True, text=True, check=True)
        return json.loads(out.stdout)


def config_text(folder, engine, broker_uri, extra):
    return f"""
[grpc]
listen = "127.0.0.1:0"
unix_socket = "{folder}/gateway.sock"
[metrics]
listen = "127.0.0.1:0"
[mqtt]
uri = "{broker_uri}"
[mqtt.broker]
port = 0
[inference]
engine = "{engine}"
repository = "{folder}/models"
{extra}
"""
