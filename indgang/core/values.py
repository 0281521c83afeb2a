"""Values: small objects that never change after their creation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[T]) -> type[T]:
    """A dataclass with slots whose fields are read-only for the type checker alone.

    A frozen dataclass sets each field with `object.__setattr__`, which takes three times as long. The centre makes some
    forty values for each call, and this decorator is for them. Rarer values are frozen dataclasses.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
