from django.db import migrations

CREATE = """
CREATE FUNCTION audit_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('indgang.retention', true) = 'on' AND TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit trail is never changed';
END $$;
CREATE TRIGGER audit_change_final BEFORE UPDATE OR DELETE ON audit_change
    FOR EACH ROW EXECUTE FUNCTION audit_is_final();
CREATE TRIGGER audit_look_final BEFORE UPDATE OR DELETE ON audit_look
    FOR EACH ROW EXECUTE FUNCTION audit_is_final();
"""

DROP = """
DROP TRIGGER audit_change_final ON audit_change;
DROP TRIGGER audit_look_final ON audit_look;
DROP FUNCTION audit_is_final;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
