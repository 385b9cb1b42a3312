"""Bytes that hide in text: base64 and hexadecimal, compressed or not, and pictures."""

from __future__ import annotations

import base64
import binascii
import bz2
import lzma
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"\b(?:[0-9A-Fa-f]{2}){12,}\b")
_MOST_BYTES = 50_000_000
PNG_START = b"\x89PNG\r\n\x1a\n"

#: Parts of a picture that hold nothing but what is seen.
_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")


@dataclass(frozen=True)
class Blob:
    """Bytes found in a text, and how they were packed (``"base64"``, ``"base64 of zlib"``)."""

    data: bytes
    packing: str

    @property
    def is_png(self) -> bool:
        """Whether it begins as a PNG picture."""
        return self.data.startswith(PNG_START)

    @property
    def text(self) -> str | None:
        """The bytes as text, None where they are not plainly text."""
        try:
            found = self.data.decode("utf-8")
        except UnicodeDecodeError:
            return None
        plain = sum(sign.isprintable() or sign in "\t\r\n" for sign in found)
        return found if found and plain >= 0.95 * len(found) else None


def blobs(text: str) -> Iterator[Blob]:
    """Find bytes in a text; compressed ones are given as they were before.

    Words can be valid base64 by chance. What is neither a picture, nor compressed, nor text is
    given as bytes all the same, to be searched for numbers.
    """
    for match in _BASE64.finditer(text):
        data = _from_base64(match[0])
        if data is not None:
            yield from unpacked(data, "base64")
    for match in _HEX.finditer(text):
        yield from unpacked(bytes.fromhex(match[0]), "hexadecimal")


def unpacked(data: bytes, packing: str) -> Iterator[Blob]:
    """Undo compression, as often as there is some."""
    for name, undo in _UNDO:
        found = undo(data)
        if found is not None:
            yield Blob(found, f"{packing} of {name}")
            yield from (deeper for deeper in unpacked(found, f"{packing} of {name}") if found)
            return
    if packing.count(" of ") == 0:
        yield Blob(data, packing)


def _from_base64(word: str) -> bytes | None:
    bare = word.rstrip("=").replace("-", "+").replace("_", "/")
    if len(bare) % 4 == 1:
        return None
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _inflated(window: int) -> Callable[[bytes], bytes | None]:
    def undo(data: bytes) -> bytes | None:
        worker = zlib.decompressobj(window)
        try:
            found = worker.decompress(data, _MOST_BYTES)
        except zlib.error:
            return None
        return found if worker.eof and found else None

    return undo


def _tried(undo: Callable[[bytes], bytes], start: bytes) -> Callable[[bytes], bytes | None]:
    def checked(data: bytes) -> bytes | None:
        if not data.startswith(start):
            return None
        try:
            return undo(data) or None
        except (OSError, ValueError, EOFError, lzma.LZMAError):
            return None

    return checked


def _raw(data: bytes) -> bytes | None:
    """Deflate without a header, where what comes out is text or long: it has no checksum."""
    worker = zlib.decompressobj(-15)
    try:
        found = worker.decompress(data, _MOST_BYTES)
    except zlib.error:
        return None
    whole = worker.eof and not worker.unused_data and len(found) >= 32
    return found if whole and Blob(found, "").text is not None else None


_UNDO: tuple[tuple[str, Callable[[bytes], bytes | None]], ...] = (
    ("zlib", _inflated(15)),
    ("gzip", _inflated(31)),
    ("bzip2", _tried(bz2.decompress, b"BZh")),
    ("xz", _tried(lzma.decompress, b"\xfd7zXZ\x00")),
    ("deflate", _raw),
)


@dataclass(frozen=True)
class PictureFacts:
    """What a PNG holds besides colours: its size, its classes, and what is wrong with it."""

    width: int
    height: int
    classes: int
    problems: tuple[str, ...]


def picture_facts(data: bytes) -> PictureFacts:
    """Take a PNG apart: every chunk, every byte of its pixels, and what follows its end."""
    problems, packed, at = [], b"", len(PNG_START)
    width = height = depth = kind = 0
    ended = False
    while at + 12 <= len(data) and not ended:
        (length,) = struct.unpack(">I", data[at : at + 4])
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
        if name == b"IHDR" and length == 13:
            width, height, depth, kind = struct.unpack(">IIBB", body[:10])
        elif name == b"IDAT":
            packed += body
        if name not in _CHUNKS:
            words = "".join(chr(byte) if 32 <= byte < 127 else " " for byte in body[:60])
            label = name.decode("latin-1")
            problems.append(f"a chunk {label!r} that no picture needs: {' '.join(words.split())!r}")
        ended = name == b"IEND"
    if not ended or at != len(data):
        problems.append(f"{max(0, len(data) - at)} bytes after its end, or no end")
    if (kind, depth) != (3, 4):
        problems.append("pixels that are no classes of a palette")
        return PictureFacts(width, height, 0, tuple(problems))
    worker = zlib.decompressobj()
    try:
        lines = worker.decompress(packed)
    except zlib.error:
        lines = b""
    stride = 1 + (width + 1) // 2
    if len(lines) != stride * height or worker.unused_data:
        problems.append("more or fewer pixels than its size says")
        return PictureFacts(width, height, 0, tuple(problems))
    seen: set[int] = set()
    for start in range(0, len(lines), stride):
        if lines[start]:
            problems.append("filtered lines, which hide the classes")
            break
        seen.update(lines[start + 1 : start + stride])
    classes = {half for byte in seen for half in (byte >> 4, byte & 15)} - {0}
    return PictureFacts(width, height, len(classes), tuple(problems))
