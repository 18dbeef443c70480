"""What a voice needs before phonemes: clauses of words as they are pronounced."""

from tritone_models.text.clause import Clause, SpokenToken
from tritone_models.text.speakable import speakable
from tritone_models.text.splitter import ClauseSplitter

__all__ = ["Clause", "ClauseSplitter", "SpokenToken", "speakable"]
