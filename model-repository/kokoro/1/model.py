"""kokoro: text to speech in six languages on a CPU."""

from tritone_models.text_to_speech import serve_text_to_speech
from tritone_models.voices.kokoro import Kokoro

TritonPythonModel = serve_text_to_speech(Kokoro.load)
