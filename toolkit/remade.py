"""Objects that are copied, and pickled, as new ones that are made in the same way."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self


class Remade:
    """Lets `copy.deepcopy`, `copy.copy` and `pickle` of an object give a new one of the same kind: its class is called
    with the arguments that the first one was made with. So what has a process and shared memory of its own can be
    handed to other processes.

    Nothing that has happened since is copied, apart from the attributes `kept`. An argument that cannot be copied or
    pickled, such as a lambda, is an error of that argument's.
    """

    kept: ClassVar[tuple[str, ...]] = ()
    _made_with: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *arguments: Any, **options: Any) -> Self:
        made = super().__new__(cls)
        made._made_with = arguments, options
        return made

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # What the class takes is what its constructor takes; Python would go by __new__.
        signature = inspect.signature(cls.__init__)
        parameters = [*signature.parameters.values()][1:]
        cls.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # inspect looks for it

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...], Mapping[str, Any] | None]:
        arguments, options = self._made_with
        kept = {name: self.__dict__[name] for name in self.kept if name in self.__dict__}
        return make_again, (type(self), arguments, options), kept or None


def make_again(kind: type[Any], arguments: tuple[Any, ...], options: Mapping[str, Any]) -> Any:
    """The function that a `Remade` is pickled as a call of."""
    return kind(*arguments, **options)
