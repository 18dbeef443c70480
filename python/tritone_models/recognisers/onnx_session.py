"""How every ONNX network here is run."""

from pathlib import Path

import onnxruntime as ort


def open_session(model: Path | bytes, threads: int = 1) -> ort.InferenceSession:
    """On the CPU, in the caller's thread: parallel calls beat threads inside a call."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The arena never gives memory back, and utterances differ in length.
    options.enable_cpu_mem_arena = False
    source = model if isinstance(model, bytes) else str(model)
    return ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])
