from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What people say after the questions of a robot call is heard and written down."""

    dependencies = [
        ("feedback", "0010_told_at"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SpokenComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("call", models.UUIDField(help_text="the robot call", unique=True)),
                ("at", models.DateTimeField()),
                ("seconds", models.FloatField()),
                ("sound", models.BinaryField(blank=True, help_text="WAV; empty: deleted", null=True)),
                ("delete_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("to_write", "Skal skrives ned"),
                            ("written", "Skrevet ned"),
                            ("unusable", "Kan ikke bruges"),
                            ("expired", "Slettet, før den blev skrevet ned"),
                        ],
                        default="to_write",
                        max_length=10,
                    ),
                ),
                ("draft", models.TextField(blank=True, default="")),
                ("transcribed_at", models.DateTimeField(blank=True, help_text="when a program has tried", null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "comment",
                    models.OneToOneField(
                        blank=True,
                        help_text="as written down",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="spoken",
                        to="feedback.comment",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="feedback.surveyquestion",
                    ),
                ),
                (
                    "response",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="spoken", to="feedback.response"
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "to_write")), fields=["at"], name="feedback_spoken_to_write"
                    ),
                    models.Index(fields=["delete_at"], name="feedback_spoken_until"),
                ],
            },
        ),
    ]
