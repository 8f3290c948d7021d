#!/usr/bin/env python3
"""The .deb of a build folder has the files, dependencies and scripts that it should. Without lintian less is checked.

usage: content_test.py BUILD_FOLDER CPACK
"""
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile

LIBRARIES = f"usr/lib/{sysconfig.get_config_var('MULTIARCH')}"
BACKENDS = LIBRARIES + "/tinyfog/backends"

FILES = [
    "etc/tinyfog/tinyfogd.toml",
    "usr/bin/tinyfogctl",
    BACKENDS + "/Arm_CpuRef_backend.so",
    BACKENDS + "/Tinyfog_CpuTiny_backend.so",
    "usr/lib/systemd/system/tinyfogd.service",
    "usr/sbin/tinyfogd",
    "usr/share/bash-completion/completions/tinyfogctl",
    "usr/share/doc/tinyfog/changelog.gz",
    "usr/share/doc/tinyfog/copyright",
    "usr/share/doc/tinyfog/operations.md",
    "usr/share/doc/tinyfog/examples/alerts.yml",
    "usr/share/doc/tinyfog/examples/dashboard.json",
    "usr/share/doc/tinyfog/examples/tinyfogd.toml",
    "usr/share/man/man1/tinyfogctl.1.gz",
    "usr/share/man/man8/tinyfogd.8.gz",
    "usr/share/tinyfog/models/motor/1/model.tflite",
    "usr/share/tinyfog/models/motor/config.toml",
]
# The first two are found at run time only, so that dpkg-shlibdeps does not see them.
DEPENDS = ["libarmnn-cpuref-backend22", "mosquitto", "libarmnn22", "libgrpc++1.51", "libc6"]
SCRIPTS = ["postinst", "prerm", "postrm"]


def output(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def try_backends(build, package, root):
    """Another program that uses Arm NN finds CpuTiny and the reference backend in the package's folder of backends."""
    program = build / "bin/armnn_module_test"
    if not program.exists():
        print(f"package: the backends were not tried: there is no {program}")
        return
    output("dpkg-deb", "-x", package, root)
    (root / LIBRARIES / "armnn22").symlink_to(f"/{LIBRARIES}/armnn22")
    done = subprocess.run([program], env={**os.environ, "TINYFOG_BACKENDS": str(root / BACKENDS)}, capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def main():
    build, cpack = pathlib.Path(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        output(cpack, "--config", build / "CPackConfig.cmake", "-B", folder)
        package, = folder.glob("tinyfog_*.deb")
        lines = [line.split() for line in output("dpkg-deb", "-c", package).splitlines()]
        modes = {line[5].removeprefix("./"): line[0] for line in lines}
        missing = [file for file in FILES if file not in modes]
        assert not missing, f"not in the package: {missing}"
        strange = [line[5] for line in lines if line[1] != "root/root" or
                   line[0][0] != "l" and (line[0][8] == "w" or line[0][5] == "w")]
        assert not strange, f"not root's, or others can write it: {strange}"
        depends = {part.split()[0] for part in output("dpkg-deb", "-f", package, "Depends").split(", ")}
        assert depends >= set(DEPENDS), f"dependencies: {depends}"
        output("dpkg-deb", "-e", package, folder / "control")
        assert (folder / "control/conffiles").read_text() == "/etc/tinyfog/tinyfogd.toml\n"
        for script in SCRIPTS:
            path = folder / "control" / script
            assert path.stat().st_mode & 0o777 == 0o755, script
            output("sh", "-n", path)
        try_backends(build, package, folder / "root")
        if shutil.which("lintian"):
            found = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", str(package)],
                                   capture_output=True, text=True, check=False)
            assert found.returncode == 0, found.stdout
        print(f"package: {len(modes)} files, {len(depends)} dependencies, nothing wrong")


if __name__ == "__main__":
    main()
