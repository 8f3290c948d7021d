"""MCUboot's imgtool: we take its images, it takes ours."""
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

from cryptography.hazmat.primitives import serialization

BUILD = pathlib.Path(os.environ["TINYFOG_BUILD"])
BOARD_IMAGES = BUILD / "cortex-m4/bin"
SLOT_A = 0x10000


def run(*command, code=0):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=120,
                          stdin=subprocess.DEVNULL)
    if done.returncode != code:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def imgtool(*arguments, code=0):
    return run(pathlib.Path(sys.executable).parent / "imgtool", *arguments, code=code)


class ImgtoolTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.key, self.other = self.make_key("key.pem"), self.make_key("other.pem")
        self.code = self.folder / "code.bin"
        self.code.write_bytes(bytes(range(256)) * 20)
        self.image = self.folder / "image.bin"

    def make_key(self, name):
        run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-out", self.folder / name)
        return self.folder / name

    def sign_by_imgtool(self, code):
        imgtool("sign", "--key", self.key, "--header-size", "0x200", "--pad-header", "--align", "4",
                "--slot-size", "0x100000", "--version", "1.2.3+0", "--security-counter", "5",
                "--custom-tlv", "0xa0", "mps2-an386", code, self.image)

    def test_its_images_verify(self):
        self.sign_by_imgtool(self.code)
        shown = run(BUILD / "bin/tinyfog-image", "verify", "--key", self.key, self.image)
        for line in ("version 1.2.3+0", "hardware mps2-an386", "security counter 5"):
            self.assertIn(line, shown)
        run(BUILD / "bin/tinyfog-image", "verify", "--key", self.other, self.image, code=1)

    def test_it_verifies_and_dumps_ours(self):
        run(BUILD / "bin/tinyfog-image", "sign", "--key", self.key, "--hardware", "mps2-an386",
            "--version", "4.5.6+7", "--counter", "8", self.code, "-o", self.image)
        self.assertIn("4.5.6+7", imgtool("verify", "--key", self.key, self.image))
        imgtool("verify", "--key", self.other, self.image, code=1)
        dumped = imgtool("dumpinfo", self.image)
        for word in ("SHA256", "ECDSASIG", "SEC_CNT", "KEYHASH"):
            self.assertIn(word, dumped)

    @unittest.skipUnless((BOARD_IMAGES / "bootloader.elf").exists(), "no images of boards are built")
    def test_its_image_boots_on_a_board(self):
        raw = self.folder / "app.bin"
        run("arm-none-eabi-objcopy", "-O", "binary", BOARD_IMAGES / "boot_app.elf", raw)
        self.sign_by_imgtool(raw)
        public = serialization.load_pem_private_key(self.key.read_bytes(), None).public_key()
        point = public.public_bytes(serialization.Encoding.X962,
                                    serialization.PublicFormat.UncompressedPoint)[1:]
        flash = bytearray(b"\xff" * (16 << 20))
        image = self.image.read_bytes()
        provisioning = b"TFP1" + point + struct.pack("<I", zlib.crc32(point))
        flash[:len(provisioning)] = provisioning
        flash[SLOT_A:SLOT_A + len(image)] = image
        file = self.folder / "flash.bin"
        file.write_bytes(flash)
        printed = run("qemu-system-arm", "-M", "mps2-an386,memory-backend=ram", "-object",
                      f"memory-backend-file,id=ram,size=16M,share=on,mem-path={file}",
                      "-kernel", BOARD_IMAGES / "bootloader.elf", "-display", "none", "-monitor",
                      "none", "-serial", "stdio", "-semihosting-config", "enable=on,target=native")
        self.assertIn("app 1 reset 0 phase 0", printed)


if __name__ == "__main__":
    unittest.main()
