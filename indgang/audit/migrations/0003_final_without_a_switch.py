from django.db import migrations

#: no setting opens it any more; what may go is what is older than the trail is kept (indgang.audit.retention)
CREATE = """
CREATE OR REPLACE FUNCTION audit_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '5 years' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit trail is never changed';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [migrations.RunSQL(CREATE, migrations.RunSQL.noop)]
