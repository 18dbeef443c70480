"""espeak: Indian languages and English by a program of its own, on any CPU."""

from tritone_models.text_to_speech import serve_text_to_speech
from tritone_models.voices.espeak import Espeak

TritonPythonModel = serve_text_to_speech(Espeak.load)
