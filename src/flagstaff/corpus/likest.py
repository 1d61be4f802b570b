"""Find the comments that are likest to each, by blocks: memory stays small where comments are many."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

LIKEST: Final = 10
_BLOCK: Final = 1_000
_FAINT: Final = 1e-6


def neighbours(seen: Numbers) -> tuple[Places, Numbers]:
    """Return for each comment the numbers of the likest others and their weights, which sum to one."""
    many = min(LIKEST, len(seen) - 1)
    places = np.zeros((len(seen), many), np.int64)
    weights = np.zeros((len(seen), many))
    for start in range(0, len(seen), _BLOCK):
        block = seen[start : start + _BLOCK] @ seen.T
        block[np.arange(len(block)), np.arange(start, start + len(block))] = -np.inf
        nearest = np.argsort(-block, axis=1, kind="stable")[:, :many]
        near = np.maximum(np.take_along_axis(block, nearest, 1), 0.0) ** 2
        places[start : start + _BLOCK] = nearest
        weights[start : start + _BLOCK] = near / np.maximum(near.sum(1, keepdims=True), _FAINT)
    return places, weights
