"""Where and how precisely the model computes."""

from __future__ import annotations

import platform
import time
from contextlib import suppress

from doclake import extras, ids
from doclake.embed.backends.threads import prepare_torch
from doclake.embed.models.cache import remembered
from doclake.errors import ModelError

_ROUNDS = 7


def choose_device(asked: str) -> str:
    """A device torch can use: `auto` takes CUDA, then Apple's GPU, then the processor.

    Raises `ModelError` if a device is asked for by name and is not there, `ExtraMissing` without
    torch.
    """
    extras.require("torch", "Embedding on a device of this machine")
    prepare_torch()
    import torch

    has_mps = torch.backends.mps.is_available()
    if asked == "auto":
        return "cuda" if torch.cuda.is_available() else "mps" if has_mps else "cpu"
    if asked == "mps" and not has_mps:
        raise _absent(asked, "this machine has no Apple GPU that torch can use")
    if asked.startswith("cuda"):
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        number = int(asked.partition(":")[2] or 0)
        if torch.version.cuda is None and torch.version.hip is None:
            raise _absent(asked, f"torch {torch.__version__} is built for the processor only")
        if number >= count:
            raise _absent(asked, f"torch sees {count} CUDA devices")
    return asked


def choose_devices(asked: int | tuple[str, ...] | None) -> list[str]:
    """Devices that torch can use: these, or so many; None means every GPU, and without any the
    device of `auto`. Raises what `choose_device` does."""
    if isinstance(asked, tuple):
        return [choose_device(name) for name in asked]
    one = choose_device("auto")
    if one != "cuda":
        return [one] * (asked or 1)
    import torch

    count = asked or torch.cuda.device_count()
    return [choose_device(f"cuda:{number}") for number in range(count)]


def choose_dtype(asked: str, device: str, *, packed: bool) -> str:
    """Name of a torch dtype: `auto` takes bfloat16 where the device computes it faster.

    A processor is asked by a probe, and only for a `packed` model: with transformers, which
    computes all of it in bfloat16, one with AVX-512's alone was slower than in float32.
    """
    import torch

    if asked != "auto":
        return asked
    if device.startswith("cuda"):
        pays = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        pays = device == "cpu" and packed and remembered(_processor(), _bfloat16_pays)
    return "bfloat16" if pays else "float32"


def _processor() -> str:
    """What decides how fast this processor multiplies, as a name of a file."""
    import torch

    features = ""
    with suppress(OSError), open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:  # noqa: PTH123
        features = next((line for line in lines if line.startswith("flags")), "")
    return (
        f"bfloat16_pays_{ids.digest('processor', torch.__version__, platform.machine(), features)}"
    )


def _bfloat16_pays() -> bool:
    """Whether products of matrices as an encoder has them are half as fast again in bfloat16. It is
    remembered: on a busy machine another answer would move vectors from one run to the next."""
    import torch

    def seconds(dtype: torch.dtype) -> float:
        states, weight = torch.ones(512, 384, dtype=dtype), torch.ones(384, 1536, dtype=dtype)
        rounds = []
        for _ in range(_ROUNDS):
            start = time.perf_counter()
            torch.mm(states, weight)
            rounds.append(time.perf_counter() - start)
        return min(rounds)  # what other work does to a round is left out

    with torch.inference_mode():
        return seconds(torch.float32) > 1.5 * seconds(torch.bfloat16)


def _absent(asked: str, why: str) -> ModelError:
    return ModelError(
        f"The device {asked} is not available: {why}.",
        mend="Set embedding.device to auto or cpu (on Ray: embedding.ray.num_gpus to 0), or "
        "install a torch built for the device.",
        device=asked,
    )
