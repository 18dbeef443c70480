"""The standalone Triton of the `nvidia-pytriton` wheel, for one test session."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import grpc

from .triton_wire import is_ready

CHECKOUT = Path(__file__).resolve().parents[3]
REPOSITORY = CHECKOUT / "model-repository"
START_SECONDS = 60


class TritonServer:
    """Serves `model-repository/`; `environment` is added to the models' own."""

    def __init__(self, python: Path, environment: dict[str, str], models: list[str]) -> None:
        site = next(python.glob("lib/python3.*/site-packages"))
        version = site.parent.name.removeprefix("python")
        triton = site / "pytriton" / "tritonserver"
        self._folder = tempfile.TemporaryDirectory(prefix="tritone-test-")
        self._prefix = f"tritone_test_{os.getpid()}_"
        backend = Path(self._folder.name) / "python"
        backend.mkdir()
        for source in (
            triton / "backends/python/libtriton_python.so",
            triton / "backends/python/triton_python_backend_utils.py",
            triton / "python_backend_stubs" / version / "triton_python_backend_stub",
        ):
            (backend / source.name).symlink_to(source)
        self.log = Path(self._folder.name) / "log"
        port, self.metrics_port = _free_port(), _free_port()
        command = [
            str(triton / "bin/tritonserver"),
            f"--model-repository={REPOSITORY}",
            f"--backend-directory={self._folder.name}",
            "--disable-auto-complete-config",
            "--allow-http=false",
            "--metrics-address=127.0.0.1",
            f"--metrics-port={self.metrics_port}",
            "--allow-gpu-metrics=false",
            "--grpc-address=127.0.0.1",
            f"--grpc-port={port}",
            "--pinned-memory-pool-byte-size=0",
            "--exit-on-error=false",
            "--model-control-mode=explicit",
            *(f"--load-model={model}" for model in models),
            f"--backend-config=python,shm-region-prefix-name={self._prefix}",
        ]
        libraries = [str(site / "nvidia_pytriton.libs")]
        if os.environ.get("TRITONE_PYTHON_LIBDIR"):
            libraries.append(os.environ["TRITONE_PYTHON_LIBDIR"])
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                command,
                env={
                    "HOME": os.environ.get("HOME", "/"),
                    "LANG": "C.UTF-8",
                    "PATH": f"{python}/bin:/usr/bin:/bin",
                    "LD_LIBRARY_PATH": ":".join(libraries),
                    "PYTHONPATH": str(CHECKOUT / "python"),
                    "PYTHONDONTWRITEBYTECODE": "1",
                    **environment,
                },
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")

    def wait_until_ready(self, model: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_ready(self.channel, model):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Triton did not serve {model}:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        self.channel.close()
        self._process.terminate()
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(3)
        for left in Path("/dev/shm").glob(f"{self._prefix}*"):
            left.unlink(missing_ok=True)
        self._folder.cleanup()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
