from django.db import migrations, models

#: A row that another transaction holds is passed over, so nobody waits. A token is never used twice: what was read in a
#: transaction that is rolled back later is then never taken for what somebody else commits.
NEW_VERSION = """
CREATE FUNCTION workforce_new_agreed_version() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE workforce_agreedversion SET token = gen_random_uuid()
    WHERE id = (SELECT id FROM workforce_agreedversion ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED);
    IF NOT FOUND THEN
        INSERT INTO workforce_agreedversion (token) VALUES (gen_random_uuid());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_person_agreed AFTER UPDATE ON accounts_person
    FOR EACH ROW WHEN (OLD.is_active IS DISTINCT FROM NEW.is_active) EXECUTE FUNCTION workforce_new_agreed_version();
"""
TABLES = (
    "workforce_availabilityagreement", "workforce_promisedwindow", "workforce_windowperson", "workforce_groupmember",
    "workforce_substitute", "catalogue_service", "catalogue_unit",
)
FOLLOWED = "".join(
    f"CREATE TRIGGER {table}_agreed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION workforce_new_agreed_version();\n"
    for table in TABLES
)
DROP = "".join(f"DROP TRIGGER {table}_agreed ON {table};\n" for table in (*TABLES, "accounts_person"))


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_local_sign_in'),
        ('catalogue', '0006_directory_knowledge'),
        ('workforce', '0009_proven_attempts'),
    ]

    operations = [
        migrations.CreateModel(
            name='AgreedVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField()),
            ],
        ),
        migrations.RunSQL(NEW_VERSION + FOLLOWED, DROP + "DROP FUNCTION workforce_new_agreed_version();"),
    ]
