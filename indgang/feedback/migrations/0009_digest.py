"""An opt-out is kept by the digest of an address or a party, not only of a party."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("feedback", "0008_no_recordings")]
    operations = [migrations.RenameField("optout", "party_digest", "digest")]
