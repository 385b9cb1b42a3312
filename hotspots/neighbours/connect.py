"""Which of many things hang together by pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


def connected(size: int, a: Ints, b: Ints) -> Ints:
    """Lowest number that each of `size` things is connected to by some pairs.

    Every root is hung below the lowest that one of its pairs reaches, until none changes.

    Examples
    --------
    >>> connected(5, np.array([4, 1]), np.array([1, 3])).tolist()
    [0, 1, 2, 1, 1]
    """
    root = np.arange(size)
    while True:
        one, other = root[a], root[b]
        apart = one != other
        if not apart.any():
            return root
        a, b, one, other = a[apart], b[apart], one[apart], other[apart]
        np.minimum.at(root, np.maximum(one, other), np.minimum(one, other))
        while (higher := root[root] != root).any():
            root[higher] = root[root[higher]]
