"""Showing that a value was wrong without showing the value."""

from __future__ import annotations

KEPT = 2
LONGEST = 12


def mask(value: str) -> str:
    """First two signs and a row of dots: enough for whoever has the file to find it, too little for anybody else.

    Values of up to three signs are hidden whole, but for dates' and numbers' punctuation, which tells the kind of error.
    """
    text = "".join(sign if sign.isprintable() else "·" for sign in value.strip())
    if not text:
        return ""
    kept = text[:KEPT] if len(text) > KEPT + 1 else ""
    rest = "".join(sign if sign in "/-:.@=?#!" else "•" for sign in text[len(kept) : LONGEST])
    return kept + rest + ("…" if len(text) > LONGEST else "")
