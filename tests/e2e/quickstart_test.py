#!/usr/bin/env python3
"""deploy/quickstart with the programs of a build folder: its check passes, and however it ends, nothing is left running.

usage: quickstart_test.py SOURCE_FOLDER BIN_FOLDER IMAGE_FOLDER CASE      CASE: check, ctrl-c, term, kill, refusals
"""
import os
import pathlib
import pty
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid

BOUND = 120  # seconds; only ends a test that fails
MARK = "TINYFOG_E2E_" + uuid.uuid4().hex
IMAGES = pathlib.Path(sys.argv[3])


def survivors(folder):
    """Processes that belong to this test: they inherited the mark or name its folder."""
    found = {}
    for process in pathlib.Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            command = (process / "cmdline").read_bytes()
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if MARK.encode() in environment or str(folder).encode() in command:
            found[process.name] = command.replace(b"\0", b" ").decode(errors="replace").strip()
    return found


def eventually(condition, what):
    end = time.monotonic() + BOUND
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"FAILED: {what}")
        select.select([], [], [], 0.05)


def command(source, binaries, folder, *more):
    return [str(source / "deploy/quickstart"), "--bin", str(binaries), "--images", str(IMAGES), "--data", str(folder), *more]


def environment():
    return {**os.environ, MARK: "1", "TERM": "xterm"}


def show_log(folder):
    log = folder / "tinyfogd.log"
    if log.exists():
        print("the gateway's log:\n" + log.read_text(errors="replace")[-4000:])


def run_check(source, binaries, folder):
    done = subprocess.run(command(source, binaries, folder, "--check"), env=environment(), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=BOUND, check=False)
    print(done.stdout, done.stderr)
    assert done.returncode == 0, f"exit status {done.returncode}"
    assert "check passed" in done.stdout
    assert " 0 lost" in done.stdout
    assert "board-1: done" in done.stderr, "the board did not take its new model"


def run_until_table(source, binaries, folder, end):
    """Runs it on a terminal until answers are shown, ends it, and returns its status and what it printed."""
    pid, terminal = pty.fork()
    if pid == 0:
        arguments = command(source, binaries, folder)
        os.execve(arguments[0], arguments, environment())
    output = bytearray()

    def read():
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                output.extend(os.read(terminal, 65536))
            except OSError:
                pass
        return b"answers," in output and b"motor-3" in output

    try:
        eventually(read, "no live table")
        end(pid, terminal)
        status = []

        def ended():
            read()
            done, code = os.waitpid(pid, os.WNOHANG)
            if done:
                status.append(os.waitstatus_to_exitcode(code))
            return bool(done)

        eventually(ended, "it did not end")
        return status[0]
    finally:
        print(output.decode(errors="replace")[-3000:])
        os.close(terminal)


def run_ctrl_c(source, binaries, folder):
    status = run_until_table(source, binaries, folder, lambda pid, terminal: os.write(terminal, b"\x03"))
    assert status == 0, f"exit status {status}"


def run_term(source, binaries, folder):
    status = run_until_table(source, binaries, folder, lambda pid, terminal: os.kill(pid, signal.SIGTERM))
    assert status == 128 + signal.SIGTERM, f"exit status {status}"


def run_kill(source, binaries, folder):
    run_until_table(source, binaries, folder, lambda pid, terminal: os.kill(pid, signal.SIGKILL))


def run_refusals(source, binaries, folder):
    def run(*arguments):
        done = subprocess.run([str(source / "deploy/quickstart"), *arguments], env=environment(), capture_output=True,
                              text=True, timeout=BOUND, check=False)
        return done.returncode, done.stdout + done.stderr

    assert run("--help")[0] == 0
    assert run("--frobnicate")[0] == 2
    assert run("--nodes")[0] == 2
    status, text = run("--bin", str(folder), "--data", str(folder))
    assert status == 1 and "tinyfogd" in text, text
    # A gateway that cannot start: its log is shown, and the script fails at once.
    fake = folder / "bin"
    fake.mkdir(parents=True)
    for name in ("tinyfog-provision", "tinyfog-image", "tinyfog-package"):
        (fake / name).symlink_to(binaries / name)
    for name in ("tinyfogd", "tinyfogctl", "tinyfog-demo"):
        (fake / name).write_text("#!/bin/sh\necho the disk is on fire\nexit 1\n")
        (fake / name).chmod(0o755)
    status, text = run("--bin", str(fake), "--images", str(IMAGES), "--data", str(folder / "data"))
    assert status == 1 and "the disk is on fire" in text, text


def main():
    source, binaries, case = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[4]
    if not (IMAGES / "node.elf").exists():
        print(f"skipped: there are no images of the board in {IMAGES}: deploy/setup --firmware, then build the preset dev")
        sys.exit(77)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tinyfog-e2e-"))
    try:
        {"check": run_check, "ctrl-c": run_ctrl_c, "term": run_term, "kill": run_kill,
         "refusals": run_refusals}[case](source, binaries, folder)
        eventually(lambda: not survivors(folder), f"left running: {survivors(folder)}")
        print("nothing is left running")
    except BaseException:
        show_log(folder)
        for pid in survivors(folder):
            os.kill(int(pid), signal.SIGKILL)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
