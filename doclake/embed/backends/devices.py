"""Where and how precisely the model computes."""

from __future__ import annotations

from typing import Any

from doclake.errors import ModelError


def choose_device(asked: str) -> str:
    """A device torch can use: `auto` takes CUDA, then Apple's GPU, then the processor.

    Raises `ModelError` if a device is asked for by name and is not there.
    """
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


def choose_dtype(asked: str, device: str) -> Any:
    """A torch dtype: `auto` takes bfloat16 where the device computes it natively.

    On a processor that is AMX: with AVX-512's bfloat16 alone the model was slower than in float32.
    """
    import torch

    if asked != "auto":
        return getattr(torch, asked)
    if device.startswith("cuda"):
        native = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        native = device == "cpu" and "amx_bf16" in _processor_features()
    return torch.bfloat16 if native else torch.float32


def _processor_features() -> set[str]:
    """Linux lists them; elsewhere none are known and float32 is right."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:  # noqa: PTH123
            flags = next((line for line in lines if line.startswith("flags")), "")
    except OSError:
        return set()
    return set(flags.split())


def _absent(asked: str, why: str) -> ModelError:
    return ModelError(
        f"The device {asked} is not available: {why}.",
        mend="Set embedding.device to auto or cpu, or install a torch built for the device.",
        device=asked,
    )
