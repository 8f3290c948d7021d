"""What a node's firmware takes beside its kernels and its model, and the bootloader, whose code plain
nodes use for signatures, images and logs; as the linker laid them out."""
import re

import image

BOARDS = {"mps2-an386": "cortex-m4", "mps2-an500": "cortex-m7", "mps2-an505": "cortex-m33",
          "mps3-an547": "cortex-m55"}
IMAGES = {"plain": "node_plain_bare", "tls": "node_bare", "boot": "bootloader"}
# Bytes on the M4, but for the bootloader's, which hold on every board.
FLASH_LIMITS = {"plain": 48 << 10, "tls": 115 << 10, "boot": 20 << 10}
RAM_LIMIT = 40 << 10


def measure(build, core, kind):
    """Code and constants; static RAM without the arena that models compute in; the stack's reserve."""
    one = image.Image(build, core, IMAGES[kind])
    symbols = {name: (address, size) for name, address, size in one.symbols()}
    arena = sum(size for name, (_, size) in symbols.items() if re.search(r"\dg_arenaE$", name))
    sections = one.sections()
    found = {"flash_bytes": one.flash_bytes(), "ram_bytes": sections[".data"] + sections[".bss"] - arena}
    if kind != "boot":  # has what RAM is left
        found["stack_bytes"] = symbols["_stack_top"][0] - symbols["_stack_limit"][0]
    return found


def bench(report, build):
    for board, core in BOARDS.items():
        for kind in IMAGES:
            case = f"{board}/{kind}"
            for metric, value in measure(build, core, kind).items():
                report.add("node-footprint", case, metric, value, "B")
            if core == "cortex-m4" or kind == "boot":
                report.add("node-footprint", case, "flash_limit_bytes", FLASH_LIMITS[kind], "B")
            if core == "cortex-m4" and kind != "boot":
                report.add("node-footprint", case, "ram_limit_bytes", RAM_LIMIT, "B")
