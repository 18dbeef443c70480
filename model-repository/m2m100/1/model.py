"""m2m100: translation between a hundred languages."""

from tritone_models.translation import serve_translation
from tritone_models.translators.m2m100 import M2M100

TritonPythonModel = serve_translation(M2M100.load)
