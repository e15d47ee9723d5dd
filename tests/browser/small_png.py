"""A picture of a page in a third of its bytes: 256 colours, the commonest kept as they are, each other one as its nearest.

Reads what a browser writes: eight bits a channel, RGB or RGBA, not interlaced (PNG specification, third edition). What is
transparent counts as opaque. A 900 x 900 picture takes some two seconds.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
COLOURS = 256
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: 3, 6: 4}
_HEADER = struct.Struct(">IIBBBBB")


class NotThatKind(Exception):
    """The picture is of a kind that this program does not read."""


def smaller(data: bytes) -> bytes:
    """The same picture with a palette. Raises NotThatKind."""
    palette, drawn = _reduced(_read(data))
    height, width = drawn.shape
    rows = b"".join(b"\0" + row.tobytes() for row in drawn)
    return _SIGNATURE + b"".join(
        _chunk(name, body)
        for name, body in (
            (b"IHDR", _HEADER.pack(width, height, 8, 3, 0, 0, 0)),
            (b"PLTE", palette.tobytes()),
            (b"IDAT", zlib.compress(rows, 9)),
            (b"IEND", b""),
        )
    )


def _reduced(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """(palette, picture in places of the palette)."""
    colours, places, times = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    kept = colours[np.argsort(-times, kind="stable")[:COLOURS]]
    apart = ((colours[:, None, :].astype(np.int32) - kept[None, :, :].astype(np.int32)) ** 2).sum(axis=2)
    nearest = apart.argmin(axis=1).astype(np.uint8)
    return kept, nearest[places.reshape(pixels.shape[:2])]


def _read(data: bytes) -> Pixels:
    chunks = list(_chunks(data))
    width, height, depth, kind, _packing, _filter, interlaced = _HEADER.unpack(dict(chunks)[b"IHDR"])
    if depth != 8 or kind not in _CHANNELS or interlaced:
        raise NotThatKind(f"depth {depth}, kind {kind}, interlaced {interlaced}")
    channels, raw = _CHANNELS[kind], zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    length = width * channels
    rows, above = np.zeros((height, length), np.uint8), bytes(length)
    for y in range(height):
        at = y * (length + 1)
        above = _unfiltered(raw[at], bytearray(raw[at + 1 : at + 1 + length]), above, channels)
        rows[y] = np.frombuffer(above, np.uint8)
    return rows.reshape(height, width, channels)[:, :, :3]


def _unfiltered(kind: int, line: bytearray, above: bytes, step: int) -> bytes:
    """A row without its filter (section 9.2 of the specification)."""
    for i in range(len(line) if kind else 0):
        left, corner = (line[i - step], above[i - step]) if i >= step else (0, 0)
        guess = (left, above[i], (left + above[i]) >> 1, _paeth(left, above[i], corner))[kind - 1]
        line[i] = (line[i] + guess) & 255
    return bytes(line)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda one: abs(guess - one))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not data.startswith(_SIGNATURE):
        raise NotThatKind("no PNG")
    at = len(_SIGNATURE)
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
