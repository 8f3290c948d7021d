"""An image of a board: its symbols, what it occupies, and a run under the counting plugin."""
import dataclasses
import os
import pathlib
import re
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parents[3]


@dataclasses.dataclass
class Run:
    text: str        # what the image printed
    intervals: list  # (instructions, modelled cycles) between each pair of markers

    def number(self, name):
        return int(re.search(rf"^{name} (\d+)$", self.text, re.M)[1])


def tool(*command):
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout


class Image:
    def __init__(self, build, core, name):
        self.build, self.core = pathlib.Path(build), core
        self.path = self.build / core / "bin" / f"{name}.elf"

    def symbols(self):
        """[(name, address, bytes)] as the linker left them."""
        rows = [line.split() for line in tool("arm-none-eabi-nm", "-S", self.path).splitlines()]
        return [(row[-1], int(row[0], 16), int(row[1], 16) if len(row) == 4 else 0)
                for row in rows if len(row) >= 3]

    def sections(self):
        rows = [line.split() for line in tool("arm-none-eabi-size", "-A", self.path).splitlines()]
        return {row[0]: int(row[1]) for row in rows if len(row) == 3 and row[0].startswith(".")}

    def flash_bytes(self):
        """Code and constants, without the .tfm file."""
        sections = self.sections()
        return sum(sections.get(name, 0) for name in (".text", ".rodata", ".ARM.exidx", ".data"))

    def model_bytes(self):
        """The .tfm file, or what the ahead-of-time code has of it: constants and parameters."""
        generated = sum(size for name, _, size in self.symbols()
                        if re.search(r"L?(10kConstants|\dkStep\d+)(E|$)", name))
        return self.sections().get(".model", 0) + generated

    def run(self, *arguments, profile=None):
        address = {name: value for name, value, _ in self.symbols()}
        plugin = (f"{self.build}/lib/cortex_m_cycles.so,begin={address['MarkBegin']:#x},"
                  f"end={address['MarkEnd']:#x}" + (f",profile={profile}" if profile else ""))
        done = subprocess.run([SOURCE / "firmware/board/run", self.core, self.path, *arguments],
                              env={**os.environ, "QEMU_ARGUMENTS": f"-plugin {plugin}"},
                              capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise RuntimeError(f"{self.path.name} on {self.core} ended with {done.returncode}:\n"
                               f"{done.stdout}{done.stderr}")
        found = re.findall(r"interval \d+ instructions (\d+) cycles (\d+)", done.stdout)
        return Run(done.stdout, [(int(i), int(c)) for i, c in found])
