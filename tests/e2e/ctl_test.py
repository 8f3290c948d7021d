#!/usr/bin/env python3
"""tinyfogctl against a real gateway: every command, its JSON and its exit status.

usage: ctl_test.py SOURCE_FOLDER BIN_FOLDER
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time


def main():
    source, binaries = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tinyfog-ctl-"))
    shutil.copytree(source / "fleet/demo/models", folder / "models")
    (folder / "c.toml").write_text(f"data = '{folder}'\n[metrics]\nlisten = ''\n[mqtt.broker]\nport = 0\n"
                                   f"[grpc]\nlisten = '127.0.0.1:0'\nunix_socket = '{folder}/s'\n")
    daemon = subprocess.Popen([binaries / "tinyfogd", "--config", folder / "c.toml"])

    def ctl(*arguments, status=0, data=None):
        done = subprocess.run([binaries / "tinyfogctl", "--server", f"unix:{folder}/s", *arguments], input=data,
                              capture_output=True, timeout=60, check=False)
        assert done.returncode == status, (arguments, done)
        return done.stdout if status == 0 else done.stderr

    try:
        end = time.monotonic() + 60
        while not (folder / "endpoints.json").exists():
            assert daemon.poll() is None and time.monotonic() < end, "the gateway did not start"
            os.sched_yield()
        model = str(source / "fleet/demo/models/motor/1/model.tflite")
        assert json.loads(ctl("--json", "status"))["models"][0]["name"] == "motor"
        assert b"motor" in ctl("model", "list") and ctl("model", "list", "--names") == b"motor\n"
        shown = json.loads(ctl("--json", "model", "show", "motor"))
        assert shown["inputs"][0]["bytes"] == 384 and shown["inputs"][0]["quantization"]["scale"] > 0
        answer = json.loads(ctl("--json", "model", "infer", "motor", "-i", "-", data=bytes(768)))
        assert answer["outputs"][0]["shape"] == [2, 5] and answer["outputs"][0]["top"][0][0]["label"]
        assert b"exactly 384 bytes" in ctl("model", "infer", "motor", "-i", "-", data=b"abc", status=5)
        assert json.loads(ctl("--json", "model", "push", "other", model))["loaded"] is True
        assert json.loads(ctl("--json", "model", "push", "other", model, "--version", "1"))["unchanged"] is True
        ctl("model", "unload", "other"), ctl("model", "load", "other")
        ctl("model", "push", "bad", str(source / "README.md"), status=1)
        assert b"Did you mean motor?" in ctl("model", "show", "mtoor", status=1)
        assert json.loads(ctl("--json", "model", "load", "nope", status=1))["error"]["code"] == "NOT_FOUND"
        ctl("model", "push", "x", "/nonexistent", status=5), ctl("frob", status=2)
        assert json.loads(ctl("--json", "version"))["gateway"]
        daemon.terminate()
        daemon.wait(60)
        assert b"tinyfogd running?" in ctl("status", status=3)
    finally:
        daemon.kill()
        daemon.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
