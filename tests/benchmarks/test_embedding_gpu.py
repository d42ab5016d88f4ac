"""The run that is prepared for a GPU works on a processor, with a small model."""

from __future__ import annotations

import sys

import pytest

from benchmarks import embedding_gpu


@pytest.mark.slow
def test_the_run_for_a_gpu_prints_its_figures_on_a_processor(monkeypatch, capfd):
    sizes = ["--layers", "1", "--hidden", "32", "--limit", "20", "--batch-tokens", "2048"]
    monkeypatch.setattr(sys, "argv", ["embedding_gpu.py", *sizes, "--device", "cpu"])
    embedding_gpu.main()
    out = capfd.readouterr().out
    assert "| Doclake, bfloat16 | 20 |" in out
    assert "stage embeddings: 20 of 1,000,000 chunks" in out
    assert "time without a kernel: not measured" in out or "samples of nvidia-smi" in out
