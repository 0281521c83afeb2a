from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_hours_until_midnight")]

    operations = [
        migrations.AddField(
            model_name="service",
            name="public_name",
            field=models.CharField(blank=True, default="", help_text="what the public calls it", max_length=100),
        ),
        migrations.AddField(
            model_name="service",
            name="public_name_en",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="service",
            name="situation",
            field=models.CharField(
                blank=True,
                choices=[
                    ("build", "Bygge og bo"),
                    ("street", "Bruge vej, fortov og plads"),
                    ("event", "Holde et arrangement"),
                    ("serve", "Servere og sælge"),
                    ("start", "Starte og drive virksomhed"),
                    ("hire", "Ansætte og oplære"),
                    ("sick", "Når en medarbejder er syg"),
                    ("soil", "Jord og forurening"),
                    ("waste", "Affald og miljø"),
                    ("water", "Vand og spildevand"),
                    ("fire", "Brand og beredskab"),
                    ("trouble", "Støj, skadedyr og andet, der generer"),
                    ("traffic", "Parkering og trafik"),
                    ("papers", "Pas, kørekort og flytning"),
                    ("case", "Din sag hos kommunen"),
                ],
                default="",
                max_length=10,
            ),
        ),
    ]
