"""piper: English text to speech on a CPU."""

from tritone_models.text_to_speech import serve_text_to_speech
from tritone_models.voices.piper import Piper

TritonPythonModel = serve_text_to_speech(Piper.load)
