"""At most so many of something large at a time, loaded when they are wanted."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


@dataclass
class _Slot(Generic[Thing]):
    thing: Thing | None = None
    users: int = 1


class Borrowed(Generic[Thing]):
    """Never more than `most` are loaded: who wants another waits until one is not in use.

    The one that was unused for longest goes. Two that want the same share it; one of them loads it.
    """

    def __init__(self, load: Callable[[str], Thing], most: int) -> None:
        self._load = load
        self._most = max(1, most)
        self._slots: OrderedDict[str, _Slot[Thing]] = OrderedDict()
        self._changed = threading.Condition()

    @property
    def names(self) -> tuple[str, ...]:
        """What is loaded, the longest unused first."""
        with self._changed:
            return tuple(self._slots)

    @contextmanager
    def borrow(self, name: str) -> Iterator[Thing]:
        """@raises what loading raises; then nothing is kept"""
        slot = self._take(name)
        try:
            yield slot.thing if slot.thing is not None else self._fill(name, slot)
        finally:
            with self._changed:
                slot.users -= 1
                self._changed.notify_all()

    def _take(self, name: str) -> _Slot[Thing]:
        """A slot that nobody throws out; empty for the one who is to fill it."""
        with self._changed:
            while True:
                slot = self._slots.get(name)
                if slot is not None and slot.thing is not None:
                    slot.users += 1
                    self._slots.move_to_end(name)
                    return slot
                if slot is None and self._has_room():
                    self._slots[name] = taken = _Slot[Thing]()
                    return taken
                self._changed.wait()

    def _has_room(self) -> bool:
        if len(self._slots) < self._most:
            return True
        unused = next((name for name, slot in self._slots.items() if slot.users == 0), None)
        if unused is None:
            return False
        del self._slots[unused]
        return True

    def _fill(self, name: str, slot: _Slot[Thing]) -> Thing:
        try:
            thing = self._load(name)
        except BaseException:
            with self._changed:
                del self._slots[name]
            raise
        with self._changed:
            slot.thing = thing
            self._changed.notify_all()
        return thing
