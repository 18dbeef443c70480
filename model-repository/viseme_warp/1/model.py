"""viseme_warp: a mouth moved by the voice's visemes, from the face's own picture, on a CPU."""

from tritone_models.face.viseme_warp import VisemeWarp
from tritone_models.lip_sync import serve_lip_sync

TritonPythonModel = serve_lip_sync(VisemeWarp.load)
