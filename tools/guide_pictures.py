"""The pictures of docs/guia.md, made again by the stories of the browser tests.

`python -m tools.guide_pictures` runs the stories in Chromium and puts the pictures that the guide names into docs/img/guia;
one that it names no more is taken out.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser import small_png

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "guia.md"
PICTURES = ROOT / "docs" / "img" / "guia"
STORIES = ROOT / "tests" / "browser" / "test_stories.py"
MOST_BYTES = 1_500_000
"""All pictures together."""

_PICTURE = re.compile(r"!\[[^\]]+\]\(img/guia/([\w-]+)\.png\)")


def named(guide: str) -> list[str]:
    """Names of the pictures of a guide, in its order."""
    return _PICTURE.findall(guide)


def main() -> int:
    """Make them. Returns the exit status: that of the stories, or 1 where one is missing or all are too large."""
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "0", str(STORIES)],
            cwd=ROOT,
            env=os.environ | {"TEQUIO_SHOTS": folder},
            check=False,
        )
        if ran.returncode:
            return ran.returncode
        return taken(Path(folder) / "guia")


def taken(made: Path) -> int:
    """Put the pictures that the guide names in their place. Returns the exit status."""
    names = set(named(GUIDE.read_text(encoding="utf-8")))
    missing = sorted(name for name in names if not (made / f"{name}.png").is_file())
    if missing:
        print(f"no story makes: {', '.join(missing)}", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        if old.stem not in names:
            old.unlink()
    for name in sorted(names):
        (PICTURES / f"{name}.png").write_bytes(small_png.smaller((made / f"{name}.png").read_bytes()))
    size = sum(one.stat().st_size for one in PICTURES.glob("*.png"))
    print(f"{len(names)} pictures, {size:,} bytes")
    return 0 if size <= MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
