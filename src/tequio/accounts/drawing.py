"""The code that an authenticator application scans, as a path of squares: shapes of the page, no image from elsewhere."""

from __future__ import annotations

import qrcode

QUIET = 4
"""Blank modules around the code (ISO/IEC 18004)."""


def squares(text: str) -> dict[str, object]:
    """`qr_path` and `qr_size` of an SVG in which each module is one unit."""
    drawn = qrcode.QRCode(border=0)
    drawn.add_data(text)
    drawn.make()
    rows = drawn.get_matrix()
    path = "".join(f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return {"qr_path": path, "qr_size": len(rows) + 2 * QUIET}
