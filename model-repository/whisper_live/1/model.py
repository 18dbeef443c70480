"""whisper_live: speech to text in Whisper's languages, on a CPU or a GPU."""

from tritone_models.recognisers.whisper import Whisper
from tritone_models.speech_to_text import serve_speech_to_text

TritonPythonModel = serve_speech_to_text(Whisper.load)
