"""Makes the check of sealed files into one file, from the same source, for a court or another force.

That file needs Python, `cryptography` and `lxml`, and nothing of this product.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent

MODULES = (
    *("budget", "layout", "unzip", "opc", "custom_xml", "part_words", "verdicts", "seal_list", "verify_trust"),
    *("verify_revoked", "verify_stamp", "verify_signer", "verify_evidence", "verify_json"),
    *("signature_shape", "verify_docx", "verify"),
)
"""The modules it is made of; each imports only what stands before it."""

_HEAD = '''#!/usr/bin/env python3
"""Says whether minutes sealed by Accord, and the data files beside them, are as they were sealed.

    python3 accord-verify.py [--trust CA.pem] [--trust-stamps CA.pem] [--revoked CRL] FILE…

Needs Python 3.11 or newer and two packages: pip install "cryptography>=46" "lxml>=6"
Below stand, one after another, the modules of the product that do it, word for word.
"""

import sys
import types


def module(name, source):
    """Make a module of its source."""
    made = types.ModuleType(name)
    sys.modules[name] = made
    exec(compile(source, name.replace(".", "/") + ".py", "exec"), made.__dict__)
    return made


module("exports", "")
'''

_FOOT = """
for stream in (sys.stdout, sys.stderr):
    stream.reconfigure(encoding="utf-8")
sys.exit(sys.modules["exports.verify"].main())
"""


def standalone_verifier() -> str:
    """Return the text of the single file."""
    pieces = [_HEAD]
    for name in MODULES:
        source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
        if "'''" in source:
            raise ValueError(f"{name}.py holds the mark that its source is set in")
        pieces.append(f"\nmodule(\"exports.{name}\", r'''{source}''')\n")
    return "".join(pieces) + _FOOT
