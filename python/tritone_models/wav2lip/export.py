"""Makes the weights of `wav2lip` from the public checkpoint.

    python -m tritone_models.wav2lip.export --accept-non-commercial wav2lip_gan.pth wav2lip

The checkpoint is got from its authors (https://github.com/Rudrabha/Wav2Lip), who trained it on
LRS2 and forbid commercial use. Nothing in it is run. Any Python with numpy does.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tritone_models.wav2lip.checkpoint import UnsafeCheckpointError, read_tensors
from tritone_models.wav2lip.layers import MASKED_ROW
from tritone_models.wav2lip.network import FACE_FILE, MOUTH_FILE, WrongCheckpointError, build

LICENCE = """\
Wav2Lip (K R Prajwal, Rudrabha Mukhopadhyay, Vinay Namboodiri, C V Jawahar, 2020; arXiv:2008.10010).
The weights were trained on the LRS2 dataset. Their authors allow personal, research and other
non-commercial use; any form of commercial use is strictly prohibited without their consent.
Source: https://github.com/Rudrabha/Wav2Lip
"""
REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tritone_models.wav2lip.export",
        description="Makes the weights of the model wav2lip from its public checkpoint.",
    )
    parser.add_argument("checkpoint", type=Path, help="wav2lip.pth or wav2lip_gan.pth")
    parser.add_argument("folder", type=Path, help="to write: wav2lip in TRITONE_MODELS_DIR")
    parser.add_argument(
        "--accept-non-commercial",
        action="store_true",
        help="says that you have read the licence and use the weights accordingly",
    )
    given = parser.parse_args(arguments)
    sys.stdout.write(LICENCE)
    if not given.accept_non_commercial:
        sys.stderr.write("Nothing was written. Say --accept-non-commercial if you accept this.\n")
        return REFUSED
    try:
        graphs = build(read_tensors(given.checkpoint), MASKED_ROW)
    except (OSError, UnsafeCheckpointError, WrongCheckpointError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    given.folder.mkdir(parents=True, exist_ok=True)
    (given.folder / "LICENSE").write_text(LICENCE)
    for name, graph in ((FACE_FILE, graphs.face), (MOUTH_FILE, graphs.mouth)):
        part = given.folder / f"{name}.part"
        part.write_bytes(graph)
        part.replace(given.folder / name)
        sys.stdout.write(f"Wrote {given.folder / name} ({len(graph) / 1e6:.0f} MB).\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
