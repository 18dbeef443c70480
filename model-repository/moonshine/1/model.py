"""moonshine: English speech to text on a CPU."""

from tritone_models.recognisers.moonshine import Moonshine
from tritone_models.speech_to_text import serve_speech_to_text

TritonPythonModel = serve_speech_to_text(Moonshine.load)
