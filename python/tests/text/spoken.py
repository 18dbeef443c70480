"""What a text sounds like, for tests."""

from tritone_models.text import Clause, ClauseSplitter


def clauses_of(text: str, language: str = "en") -> list[Clause]:
    splitter = ClauseSplitter(language)
    return [*splitter.feed(text), *splitter.flush()]


def spoken(text: str, language: str = "en") -> str:
    """All that is pronounced, with the marks that shape it, as one line."""
    words = [word for clause in clauses_of(text, language) for word in clause.words]
    return " ".join(word.spoken + word.punctuation_after for word in words)


def written(text: str, language: str = "en") -> list[str]:
    """Each clause as it was written."""
    return [
        " ".join(word.text + word.punctuation_after for word in clause.words)
        for clause in clauses_of(text, language)
    ]
