"""Where installed weights lie."""

import os
from collections.abc import Mapping
from pathlib import Path


class WeightsMissingError(Exception):
    """Weights that a model needs are not installed; the text says which and how to get them."""


def find_weights(
    name: str,
    needs: tuple[str, ...],
    environment: Mapping[str, str] | None = None,
    remedy: str | None = None,
) -> Path:
    """The folder of the weights called `name`: an absolute path, or under TRITONE_MODELS_DIR.

    `needs` are files that must be in it; `remedy` is the command that brings them.
    """
    environment = os.environ if environment is None else environment
    folder = Path(name)
    if not folder.is_absolute():
        home = environment.get("TRITONE_MODELS_DIR")
        if not home:
            raise WeightsMissingError(
                f"weights '{name}' cannot be found: TRITONE_MODELS_DIR is not set"
            )
        folder = Path(home) / name
    missing = [file for file in needs if not (folder / file).is_file()]
    if missing:
        raise WeightsMissingError(
            f"weights '{name}' are not installed in {folder.parent} "
            f"(no {', '.join(missing)}): {_how(remedy)}"
        )
    return folder


def _how(remedy: str | None) -> str:
    if remedy is not None:
        return f"'{remedy}' brings them"
    return "npm start fetches the default ones, docs/models.md says how to add others"
