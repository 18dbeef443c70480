"""indictrans2: translation between English and 22 Indian languages."""

from tritone_models.translation import serve_translation
from tritone_models.translators.indictrans2 import IndicTrans2

TritonPythonModel = serve_translation(IndicTrans2.load)
