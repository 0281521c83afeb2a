"""Whoever did not answer the call that we promised is somebody to ring."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0018_return_calls")]

    operations = [
        migrations.AlterField(
            "ReturnCall",
            "kind",
            models.CharField(
                choices=[
                    ("abandoned", "Lagde på i køen"),
                    ("message", "Har indtalt en besked"),
                    ("callback", "Er lovet at blive ringet op"),
                    ("not_reached", "Ikke truffet, da vi ringede"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            "Enquiry",
            "state",
            models.CharField(
                choices=[
                    ("in_menu", "I menuen"),
                    ("waiting", "I kø"),
                    ("ringing", "Ringer hos en medarbejder"),
                    ("talking", "I samtale"),
                    ("unregistered", "Mangler registrering"),
                    ("registered", "Registreret"),
                    ("abandoned", "Lagt på i køen"),
                    ("left", "Slut uden samtale"),
                    ("message", "Besked indtalt"),
                    ("callback", "Bliver ringet op"),
                    ("not_reached", "Ikke truffet"),
                    ("passed_on", "Stillet videre ud af huset"),
                ],
                max_length=15,
            ),
        ),
    ]
