from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from indgang.accounts.roles import ROLES
from indgang.catalogue.models import Dated, DirectoryEntry, Unit, one_at_a_time, text_number
from indgang.core.text import folded


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(username_folded=folded(username or ""))


class FoldedUsername(models.CharField):  # type: ignore[type-arg]  # generic for the type checker alone
    """The user name in the form in which the database compares it. It is derived from the user name whenever a row is
    written."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = folded(getattr(model_instance, "username"))  # noqa: B009  # of this one model
        setattr(model_instance, self.attname, value)
        return value


class Person(AbstractBaseUser):
    """Someone who signs in."""

    PERSONAL = ("username", "username_folded", "name", "email", "last_login", "password", "entry")
    IMPERSONAL = ("id", "language", "is_active", "must_change_password", "is_break_glass")

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    username = models.CharField(max_length=60, unique=True)
    username_folded = FoldedUsername(max_length=200, unique=True, editable=False)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True, default="")
    language = models.CharField(max_length=5, default="da", choices=[("da", "Dansk"), ("en", "English")])
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    is_break_glass = models.BooleanField(default=False, help_text="for the day the identity provider is down")
    entry = models.ForeignKey(DirectoryEntry, null=True, blank=True, on_delete=models.SET_NULL, related_name="people")

    objects: Any = PersonManager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_id(self) -> str:
        return f"person:{self.pk}"

    @property
    def audit_label(self) -> str:
        return f"{self.name} ({self.username})"


class RoleAssignment(Dated):
    """A person has a role for a unit and everything below it; without unit, for the whole municipality."""

    PERSONAL = ("person",)
    IMPERSONAL = ("id", "valid_from", "valid_to", "role", "unit", "provider")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=40, choices=[(code, code) for code in ROLES])
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="role_assignments")
    provider = models.CharField(
        max_length=30, blank=True, default="", help_text="whose groups give it; empty: somebody gave it by hand"
    )

    class Meta(Dated.Meta):
        ordering = ["person", "role"]
        constraints = [
            *Dated.Meta.constraints,
            one_at_a_time("accounts_roleassignment_once", "person", Coalesce("unit", Value(0)), text_number("role")),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.role} ({self.unit or '*'})"


class Identity(models.Model):
    """Who a person is at an identity provider. No other claim of the provider is stored."""

    PERSONAL = ("person", "subject", "last_used")
    IMPERSONAL = ("id", "provider", "connected_at")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")
    provider = models.CharField(max_length=30)
    subject = models.CharField(max_length=255, help_text="the provider's own and lasting name of the person")
    connected_at = models.DateTimeField()
    last_used = models.DateTimeField()

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="accounts_identity_subject_once"),
            models.UniqueConstraint(fields=["provider", "person"], name="accounts_identity_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.provider}"


class ClaimRule(Dated):
    """Everybody who has this group at the provider has the role, for the unit and everything below it (none:
    everywhere)."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "provider", "value", "role", "unit")

    provider = models.CharField(max_length=30)
    value = models.CharField(max_length=200, help_text="the group as the provider writes it")
    role = models.CharField(max_length=40, choices=[(code, code) for code in ROLES])
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="claim_rules")

    class Meta(Dated.Meta):
        ordering = ["provider", "value", "role"]
        constraints = [
            *Dated.Meta.constraints,
            one_at_a_time(
                "accounts_claimrule_once",
                Coalesce("unit", Value(0)),
                *(text_number(column) for column in ("provider", "value", "role")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.value}: {self.role} ({self.unit or '*'})"


class RoleSignOn(models.Model):
    """The sign-in and session rules for everybody who has the role. Without a row, the defaults of these fields
    apply."""

    PERSONAL = ()
    IMPERSONAL = ("role", "session_hours", "idle_minutes", "needs_second_factor")

    role = models.CharField(max_length=40, primary_key=True, choices=[(code, code) for code in ROLES])
    session_hours = models.PositiveSmallIntegerField(default=12)
    idle_minutes = models.PositiveSmallIntegerField(default=0, help_text="without a sign of life; 0: no limit")
    needs_second_factor = models.BooleanField(default=False, help_text="of whoever signs in with a password here")

    def __str__(self) -> str:
        return self.role


class SecondFactor(models.Model):
    """Something a person has besides the password: an app that makes codes, a recovery code, a passkey."""

    PERSONAL = ("person", "name", "secret", "key_id", "last_used")
    IMPERSONAL = ("id", "kind", "counter", "made_at")

    class Kind(models.TextChoices):
        APP = "app"
        RECOVERY = "recovery"
        PASSKEY = "passkey"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="second_factors")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=60, blank=True, default="")
    secret = models.TextField(help_text="app: encrypted; recovery: a hash; passkey: the public key")
    key_id = models.CharField(max_length=1400, blank=True, default="", db_index=True, help_text="of a passkey")
    counter = models.BigIntegerField(default=0, help_text="app: last time step used; passkey: its own count")
    made_at = models.DateTimeField()
    last_used = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "made_at", "pk"]
        constraints = [
            models.UniqueConstraint("person", condition=Q(kind="app"), name="accounts_secondfactor_one_app"),
            models.UniqueConstraint("key_id", condition=Q(kind="passkey"), name="accounts_secondfactor_passkey_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind}"


class Submission(models.Model):
    """A form that has been carried out, so that it is not carried out again (see `submission.py`). Rows are kept for
    two days."""

    PERSONAL = ("words", "location")
    IMPERSONAL = ("id", "token", "path", "digest", "at")

    token = models.CharField(max_length=200)
    path = models.TextField()
    digest = models.CharField(max_length=40, help_text="of the address and what was typed")
    at = models.DateTimeField()
    location = models.TextField(blank=True, default="", help_text="where the answer led to")
    words = models.JSONField(default=list, help_text="what was said on the next page: [[level, text]]")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "digest"], name="accounts_submission_once"),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.at:%Y-%m-%d %H:%M:%S}"
