"""whisper_large_v3: speech to text in a hundred languages, on a GPU."""

from tritone_models.recognisers.whisper import Whisper
from tritone_models.speech_to_text import serve_speech_to_text

TritonPythonModel = serve_speech_to_text(Whisper.load)
