"""wav2lip: a mouth drawn by the published network, for as many avatars as the machine carries."""

from tritone_models.lip_sync import serve_lip_sync
from tritone_models.wav2lip.model import Wav2Lip

TritonPythonModel = serve_lip_sync(Wav2Lip.load)
