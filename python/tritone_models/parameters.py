"""A model's parameters: `config.pbtxt` says them, the environment overrides them."""

import json
import os
import re
from collections.abc import Mapping


class Parameters:
    """The `parameters` of a `config.pbtxt`.

    `TRITONE_<MODEL>_<PARAMETER>` in the environment wins over the file, so that
    `TRITONE_WHISPER_LIVE_WEIGHTS=whisper-tiny.en` needs no other model repository.
    """

    def __init__(
        self,
        model: str,
        values: Mapping[str, str],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.model = model
        self._values = values
        self._environment = os.environ if environment is None else environment

    @classmethod
    def from_triton(cls, arguments: Mapping[str, str]) -> "Parameters":
        """`arguments` is what Triton hands to `initialize`."""
        config = json.loads(arguments["model_config"])
        values = {
            name: value.get("string_value", "")
            for name, value in config.get("parameters", {}).items()
        }
        return cls(config["name"], values)

    def text(self, name: str, default: str = "") -> str:
        key = re.sub(r"[^A-Z0-9]", "_", f"TRITONE_{self.model}_{name}".upper())
        return self._environment.get(key) or self._values.get(name) or default

    def number(self, name: str, default: float) -> float:
        text = self.text(name)
        try:
            return float(text) if text else default
        except ValueError:
            raise ValueError(self._complaint(name, "a number", text)) from None

    def integer(self, name: str, default: int) -> int:
        text = self.text(name)
        try:
            return int(text) if text else default
        except ValueError:
            raise ValueError(self._complaint(name, "a whole number", text)) from None

    def names(self, name: str) -> tuple[str, ...]:
        """A comma separated list."""
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def _complaint(self, name: str, wanted: str, found: str) -> str:
        return f"parameter '{name}' of model '{self.model}' must be {wanted}, not '{found}'"
