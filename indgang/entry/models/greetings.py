"""How each centre greets its callers."""

from __future__ import annotations

from django.db import models

from indgang.catalogue.models import ContactCentre, Dated


class Greeting(Dated):
    """A centre greets its callers with a prompt in a period. Of several that hold on a day, the one that began last
    counts, so that a greeting for Christmas gives way by itself to the usual one."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "centre", "prompt_code")

    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="greetings")
    prompt_code = models.SlugField(max_length=80)

    class Meta(Dated.Meta):
        ordering = ["centre", "-valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["centre", "valid_from"], name="entry_greeting_begins_once"),
        ]

    def __str__(self) -> str:
        return f"{self.centre}: {self.prompt_code}"
