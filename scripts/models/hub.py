"""Speaks with the hub for `npm run models`, by the hub's own client.

Endpoint and token by HF_ENDPOINT and HF_TOKEN.

    hub.py list REPOSITORY REVISION
    hub.py fetch REPOSITORY COMMIT FOLDER FILE

The last line of the output is JSON: what was asked for, or `{"error": kind, "text": ...}`.
"""

import errno
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from huggingface_hub import HfApi, constants, hf_hub_download
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from requests.exceptions import RequestException, SSLError

IDLE_ATTEMPTS = 4
"""So many attempts that bring nothing, one after another, end a download."""
PAUSE_SECONDS = 1.0
CHUNK_BYTES = 256 * 1024
"""The client loses the chunk in which a connection breaks; its own are 10 MB."""


def listed(repository: str, revision: str) -> dict:
    """Commit of the revision; path, bytes and, where the hub keeps one, SHA-256 of each file."""
    found = HfApi().model_info(repository, revision=revision, files_metadata=True)
    files = [
        {
            "path": file.rfilename,
            "bytes": file.size or 0,
            "sha256": file.lfs.sha256 if file.lfs else None,
        }
        for file in found.siblings or []
    ]
    return {"commit": found.sha, "files": files}


def fetched(repository: str, commit: str, folder: str, file: str) -> dict:
    """Fetches one file into `folder`, going on where an earlier attempt or process ended."""
    constants.DOWNLOAD_CHUNK_SIZE = CHUNK_BYTES
    idle = 0
    while True:
        before = come(folder)
        try:
            hf_hub_download(repository, file, revision=commit, local_dir=folder)
        except Exception as error:
            if kind_of(error) not in {"network", "broken"}:
                raise
            idle = 0 if come(folder) > before else idle + 1
            if idle >= IDLE_ATTEMPTS:
                if kind_of(error) == "broken":
                    for part in parts_in(folder):
                        part.unlink()  # more than the whole: nothing can be added to it
                raise
            time.sleep(PAUSE_SECONDS * (1 + idle))
        else:
            return {"file": file}


def come(folder: str) -> int:
    """Bytes of what has come so far of files that are not complete."""
    return sum(part.stat().st_size for part in parts_in(folder))


def parts_in(folder: str) -> list[Path]:
    return list(Path(folder, ".cache", "huggingface", "download").rglob("*.incomplete"))


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def kind_of(error: BaseException) -> str:
    for each in chain(error):
        if isinstance(each, OSError) and each.errno in {errno.ENOSPC, errno.EDQUOT}:
            return "disk"
        status = getattr(getattr(each, "response", None), "status_code", None)
        if isinstance(each, GatedRepoError) or status == 403:
            return "gated"
        if status == 401:
            return "login"
        if isinstance(each, EntryNotFoundError) and not isinstance(each, LocalEntryNotFoundError):
            return "no-file"
        if isinstance(each, RevisionNotFoundError):
            return "no-revision"
        if isinstance(each, (RepositoryNotFoundError, HFValidationError)) or status == 404:
            return "no-repository"
        if isinstance(each, OfflineModeIsEnabled):
            return "offline"
        if isinstance(each, SSLError):
            return "certificate"
        if isinstance(each, HfHubHTTPError):
            return "network" if status in {408, 429, 500, 502, 503, 504} else "other"
        if isinstance(each, RequestException):
            return "network"
    if isinstance(error, OSError) and "Consistency check failed" in str(error):
        return "broken"
    return "network" if isinstance(error, LocalEntryNotFoundError) else "other"


def main() -> int:
    task, *arguments = sys.argv[1:]
    try:
        answer = listed(*arguments) if task == "list" else fetched(*arguments)
    except Exception as error:
        text = (str(error).strip().splitlines() or [""])[0]
        answer = {"error": kind_of(error), "text": f"{type(error).__name__}: {text}"[:300]}
    sys.stdout.write(f"{json.dumps(answer)}\n")
    return 1 if "error" in answer else 0


if __name__ == "__main__":
    sys.exit(main())
