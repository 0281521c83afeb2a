"""Words and terms are counted by shelf, so that a search knows only what its reader may read."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

_OWN_PATH = "CASE WHEN d.audience = 'unit' THEN d.unit_path ELSE '' END"
_TERMS = f"""
INSERT INTO knowledge_searchterm (lexeme, shelf, unit_path, documents)
SELECT lexeme, shelf, {_OWN_PATH}, count(*)
FROM knowledge_searchposting p JOIN knowledge_searchdocument d ON d.id = p.document_id GROUP BY 1, 2, 3
UNION ALL SELECT '', d.language || '-' || left(d.audience, 1) || '-'
    || left(CASE WHEN d.kind IN ('person', 'answer') THEN d.kind ELSE 'answers' END, 6), {_OWN_PATH}, count(*)
FROM knowledge_searchdocument d GROUP BY 1, 2, 3
"""
#: which texts a word stood in was not kept: it is taken for a word of all shelves that its readers have, until the
#: nightly count finds that no text there has it
_WORDS = """
CREATE TEMPORARY TABLE words_before ON COMMIT DROP AS SELECT word, documents, grams, open FROM knowledge_searchword
"""
_WORDS_BACK = """
INSERT INTO knowledge_searchword (word, shelf, unit_path, written, documents, grams)
SELECT word, shelf, unit_path, word, documents, grams FROM words_before
JOIN (SELECT DISTINCT shelf, unit_path FROM knowledge_searchterm) s ON open OR shelf NOT LIKE '__-e-%'
"""


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0006_guide_revisions")]

    operations = [
        migrations.AddField(
            model_name="search",
            name="weak",
            field=models.BooleanField(default=False, help_text="what was found hardly answers it"),
        ),
        migrations.RunSQL(_WORDS, migrations.RunSQL.noop),
        migrations.DeleteModel(name="SearchWord"),
        migrations.DeleteModel(name="SearchTerm"),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "word", "shelf", "unit_path", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("word", models.CharField(db_collation="C", help_text="folded, as search.spelling.fold", max_length=100)),
                (
                    "shelf",
                    models.CharField(
                        db_collation="C", help_text="language, audience and group, as index.shelf", max_length=12
                    ),
                ),
                (
                    "unit_path",
                    models.CharField(
                        default="", help_text="of the unit whose people alone may read it", max_length=500
                    ),
                ),
                ("written", models.CharField(help_text="as it stands in a text, in small letters", max_length=100)),
                ("documents", models.PositiveIntegerField(default=0)),
                (
                    "grams",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3), help_text="its trigrams", size=None
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["grams"], name="knowledge_word_grams")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchTerm",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "lexeme", "shelf", "unit_path", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("lexeme", models.CharField(db_collation="C", max_length=80)),
                (
                    "shelf",
                    models.CharField(
                        db_collation="C", help_text="language, audience and group, as index.shelf", max_length=12
                    ),
                ),
                (
                    "unit_path",
                    models.CharField(
                        default="", help_text="of the unit whose people alone may read it", max_length=500
                    ),
                ),
                ("documents", models.IntegerField()),
            ],
        ),
        migrations.RunSQL(_TERMS, migrations.RunSQL.noop),
        migrations.RunSQL(_WORDS_BACK, migrations.RunSQL.noop),
    ]
