"""Values: small objects that nobody changes once they are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[T]) -> type[T]:
    """A dataclass with slots that only the type checker freezes: it refuses every change.

    A frozen dataclass is made by `object.__setattr__`, field by field, which takes three times as long. The centre
    makes some forty values for each call: this is for them. What is made seldom is a frozen dataclass.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
