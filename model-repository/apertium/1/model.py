"""apertium: rule-based translation between a few European languages."""

from tritone_models.translation import serve_translation
from tritone_models.translators.apertium import Apertium

TritonPythonModel = serve_translation(Apertium.load)
