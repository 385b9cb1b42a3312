from pathlib import Path

import pytest

from hotspots.data.source_wheel import sha256, source_wheel

# SHA-256 of the three bytes "abc": FIPS 180-2, appendix B.1.
OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_sha256_is_that_of_the_standard() -> None:
    """The checksum of "abc" is the one in the standard."""
    assert sha256(b"abc") == OF_ABC


def test_a_file_with_the_checksum_is_read(tmp_path: Path) -> None:
    """A wheel that is there already is not downloaded."""
    wheel = tmp_path / "abc-1.0-py3-none-any.whl"
    wheel.write_bytes(b"abc")
    assert source_wheel("abc==1.0", OF_ABC, wheel) == b"abc"


def test_another_file_is_refused(tmp_path: Path) -> None:
    """A file that is not the wheel asked for stops the rebuild and says which it is."""
    wheel = tmp_path / "abc-1.0-py3-none-any.whl"
    wheel.write_bytes(b"abd")
    with pytest.raises(ValueError, match=r"is not abc==1\.0: SHA-256 a52d159f"):
        source_wheel("abc==1.0", OF_ABC, wheel)
