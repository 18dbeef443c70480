"""indic_whisper: speech to text by weights that were fine-tuned for one Indian language each."""

from tritone_models.recognisers.indic_whisper import IndicWhisper
from tritone_models.speech_to_text import serve_speech_to_text

TritonPythonModel = serve_speech_to_text(IndicWhisper.load)
