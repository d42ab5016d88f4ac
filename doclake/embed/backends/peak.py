"""How many operations a second a device reaches at best: what a forward pass is compared with."""

from __future__ import annotations

import time

_SECONDS = 0.07  # for each shape
_SHAPES = ((2048, 2048, 2048), (8192, 384, 1536), (4096, 1024, 1024))
_LARGE_SHAPES = ((8192, 8192, 8192), (32768, 1024, 4096))


def peak(device: str, dtype: str) -> float:
    """Operations a second of products of large matrices, the best of some shapes just now. Takes a
    fifth of a second."""
    import torch

    is_gpu = device.startswith("cuda")
    found = 0.0
    for rows, inner, columns in _LARGE_SHAPES if is_gpu else _SHAPES:
        options = {"device": device, "dtype": getattr(torch, dtype)}
        one, other = torch.ones(rows, inner, **options), torch.ones(inner, columns, **options)
        end = time.perf_counter() + _SECONDS
        while (start := time.perf_counter()) < end:
            torch.mm(one, other)
            if is_gpu:
                torch.cuda.synchronize(device)
            seconds = time.perf_counter() - start
            found = max(found, 2 * rows * inner * columns / seconds)
    return found
