from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0010_synonym_unit")]
    operations = [
        migrations.AddField(
            model_name="article",
            name="elsewhere",
            field=models.BooleanField(
                default=False, help_text="others answer the question; the article says who, and so does the search"
            ),
        ),
        migrations.AddField(
            model_name="searchdocument",
            name="elsewhere",
            field=models.BooleanField(default=False, help_text="it says who answers instead of us"),
        ),
    ]
