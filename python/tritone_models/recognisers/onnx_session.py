"""How every ONNX network here is run."""

from pathlib import Path

import onnxruntime as ort


def open_session(model: Path | bytes, threads: int = 1, cuda: bool = False) -> ort.InferenceSession:
    """On the CPU, in the caller's thread: parallel calls beat threads inside a call.

    `cuda`: on a GPU, where this onnxruntime can; `has_cuda` tells.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads that spin while they wait take the core that another model needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    source = model if isinstance(model, bytes) else str(model)
    # The arena makes small networks three times faster; by default it would double as it grows.
    provider = ("CPUExecutionProvider", {"arena_extend_strategy": "kSameAsRequested"})
    providers = ["CUDAExecutionProvider", provider] if cuda else [provider]
    return ort.InferenceSession(source, options, providers=providers)


def has_cuda() -> bool:
    return "CUDAExecutionProvider" in ort.get_available_providers()
