#!/usr/bin/env python3
"""Sees check.py find each kind of trespass in a small tree made for it."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import check  # noqa: E402


class Findings(unittest.TestCase):
    def found(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return "\n".join(check.findings(folder))

    def test_a_clean_tree(self):
        self.assertEqual(self.found({"fleet/README.md": "", "fleet/src/a.cc": '#include "a.h"\n'}), "")

    def test_an_include_against_the_direction(self):
        self.assertIn("runtime must not use fleet", self.found({
            "runtime/README.md": "", "fleet/README.md": "",
            "fleet/include/tinyfog/x/x.h": "", "runtime/src/a.cc": '#include "tinyfog/x/x.h"\n'}))
        self.assertIn("runtime must not use proto", self.found({
            "runtime/README.md": "", "proto/README.md": "", "proto/tinyfog/v1/m.proto": "",
            "runtime/src/a.cc": '#include "tinyfog/v1/m.pb.h"\n'}))

    def test_third_party_types_in_a_public_header(self):
        self.assertIn("third-party", self.found({
            "daemon/README.md": "", "daemon/include/tinyfog/x.h": "#include <grpcpp/grpcpp.h>\n"}))

    def test_long_files_unfinished_work_and_missing_readmes(self):
        self.assertIn("501 lines", self.found({"fleet/README.md": "", "fleet/a.cc": "\n" * 501}))
        self.assertIn("unfinished", self.found({"fleet/README.md": "", "fleet/a.cc": "// TO" + "DO\n"}))
        self.assertIn("README.md is missing", self.found({"fleet/a.cc": ""}))


if __name__ == "__main__":
    unittest.main()
