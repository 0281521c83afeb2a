from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("agreements", "0007_channels"),
    ]

    operations = [
        migrations.AddField(
            model_name="cooperationagreement",
            name="price_from",
            field=models.DateField(
                blank=True, help_text="the day that the years of the price are counted from; empty: valid_from", null=True
            ),
        ),
    ]
