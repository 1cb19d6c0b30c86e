"""Copy the few files that browsers need out of node_modules into assets/dist/vendor."""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NODE_MODULES = ROOT / "node_modules"
VENDOR = ROOT / "assets" / "dist" / "vendor"

FILES = {
    "bootstrap/dist/css/bootstrap-reboot.min.css": "bootstrap/reboot.min.css",
    "bootstrap/dist/css/bootstrap-grid.min.css": "bootstrap/grid.min.css",
    "bootstrap/dist/css/bootstrap-utilities.min.css": "bootstrap/utilities.min.css",
    "bootstrap/LICENSE": "bootstrap/LICENSE",
    "chart.js/dist/chart.umd.min.js": "chartjs/chart.umd.min.js",
    "chart.js/LICENSE.md": "chartjs/LICENSE.md",
    "@google/model-viewer/dist/model-viewer.min.js": "model-viewer/model-viewer.min.js",
    "@google/model-viewer/LICENSE": "model-viewer/LICENSE",
}
# A source map that is not shipped would be asked for, and the static files storage would look for it in vain.
SOURCE_MAP = re.compile(rb"^\s*(?://|/\*)[#@] sourceMappingURL=[^\n]*\n?", re.MULTILINE)


def main() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, target in FILES.items():
        content = (NODE_MODULES / source).read_bytes()
        file = VENDOR / target
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(SOURCE_MAP.sub(b"", content))


if __name__ == "__main__":
    main()
