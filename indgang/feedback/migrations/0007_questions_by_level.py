from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("feedback", "0006_follow_ups")]

    operations = [
        migrations.RemoveConstraint(model_name="surveyquestion", name="feedback_surveyquestion_indicator"),
        migrations.AddConstraint(
            model_name="surveyquestion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("indicator", "open"), _negated=True), fields=("version", "indicator", "level"),
                name="feedback_surveyquestion_once", nulls_distinct=False,
            ),
        ),
    ]  # fmt: skip
