"""What callers hear."""

from __future__ import annotations

from django.db import models

from indgang.catalogue.models import Unit


class Prompt(models.Model):
    """A prompt: a text to speak, or an uploaded recording of it. One row per language."""

    PERSONAL = ("recording",)
    IMPERSONAL = ("id", "code", "language", "text", "recording_name", "updated_at", "unit")

    code = models.SlugField(max_length=80)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="prompts",
        help_text="whose it is to change, the same in all languages; empty: the whole municipality's",
    )  # fmt: skip
    language = models.CharField(max_length=5, default="da")
    text = models.TextField()
    recording = models.BinaryField(null=True, blank=True, help_text="8 kHz mono WAV; empty: the text is spoken")
    recording_name = models.CharField(max_length=200, blank=True, default="")
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["code", "language"]
        constraints = [models.UniqueConstraint(fields=["code", "language"], name="entry_prompt_one_per_language")]

    def __str__(self) -> str:
        return f"{self.code} ({self.language})"
