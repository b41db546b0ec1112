"""Maintainers' script: puts govuk-frontend's style sheet and script into `static/`, without its marks.

Run as `python3 docs/vendor_govuk.py FOLDER`, where FOLDER holds the unpacked npm package govuk-frontend. The typeface, the
crest and every address are taken out: they belong to GOV.UK, and nothing here is loaded from anywhere else.
"""

import json
import re
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
FONTS = '"Helvetica Neue",Helvetica,Arial,sans-serif'


def main(folder: Path) -> None:
    """Write the files."""
    version = json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
    css = (folder / "dist/govuk/govuk-frontend.min.css").read_text(encoding="utf-8")
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = css.replace("GDS Transport,arial,sans-serif", FONTS).replace("GDS Transport", FONTS)
    css = re.sub(r"[^{}]*\{[^{}]*url\([^)]*crest[^)]*\)[^{}]*\}", "", css)
    css = re.sub(r"/\*#.*?\*/", "", css)
    assert "url(" not in css, "the style sheet still loads something"  # noqa: S101
    script = (folder / "dist/govuk/govuk-frontend.min.js").read_text(encoding="utf-8")
    script = re.sub(r"//# sourceMappingURL=.*", "", script)
    (STATIC / "govuk-frontend.min.css").write_text(css.strip() + "\n", encoding="utf-8")
    (STATIC / "govuk-frontend.min.js").write_text(script.strip() + "\n", encoding="utf-8")
    (STATIC / "govuk-frontend.VERSION.txt").write_text(f"govuk-frontend {version}, MIT licence\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
