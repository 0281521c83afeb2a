from django.db import migrations

#: No setting opens the events any more. Months are made by a function of the tables' owner, for whoever has the
#: switchboard may not make tables.
CREATE = """
CREATE OR REPLACE FUNCTION enquiries_event_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an event is never changed or removed';
END $$;

CREATE FUNCTION enquiries_event_have_month(month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    first date := date_trunc('month', month)::date;
    following date := (first + interval '1 month')::date;
    name text := 'enquiries_event_' || to_char(first, 'YYYY_MM');
BEGIN
    IF to_regclass('public.' || name) IS NOT NULL OR EXISTS (
        SELECT 1 FROM public.enquiries_event_rest WHERE at >= first AND at < following
    ) THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'CREATE TABLE public.%I PARTITION OF public.enquiries_event FOR VALUES FROM (%L) TO (%L)', name, first, following
    );
    RETURN true;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0009_article_used_at")]
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION enquiries_event_have_month;")]
