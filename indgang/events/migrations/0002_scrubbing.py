from django.db import migrations

#: Events stay, but what is personal in them has its time (docs/adr/0031). One kind of change passes: personal fields of
#: the data are taken away, or a name becomes a number that says only whether it is the same one, and `scrubbed` says so.
#: It cannot be taken back, and nothing that a figure is made of can change.
CREATE = """
CREATE FUNCTION events_scrubbable() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY['address', 'caller_name', 'caller_number', 'dialled', 'name', 'number', 'recording', 'text']
$$;

CREATE OR REPLACE FUNCTION events_event_is_final() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.data -> 'scrubbed' = 'true'
           AND (OLD.stream, OLD.number, OLD.position, OLD.at, OLD.kind, OLD.queue, OLD.person, OLD.version, OLD.channel,
                OLD.level, OLD.centre, OLD.transaction)
               IS NOT DISTINCT FROM
               (NEW.stream, NEW.number, NEW.position, NEW.at, NEW.kind, NEW.queue, NEW.person, NEW.version, NEW.channel,
                NEW.level, NEW.centre, NEW.transaction)
           AND OLD.data - events_scrubbable() - 'scrubbed' = NEW.data - events_scrubbable() - 'scrubbed'
           AND NOT EXISTS (
               SELECT FROM jsonb_each(NEW.data) AS kept
               WHERE kept.key = ANY (events_scrubbable()) AND kept.value IS DISTINCT FROM OLD.data -> kept.key
                 AND NOT (kept.key = 'name' AND OLD.data ? 'name' AND kept.value #>> '{}' ~ '^#[0-9]+$'))
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'an event is never changed or removed';
END $$;
"""

DROP = """
CREATE OR REPLACE FUNCTION events_event_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an event is never changed or removed';
END $$;
DROP FUNCTION events_scrubbable();
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial"), ("enquiries", "0012_events_moved")]
    operations = [migrations.RunSQL(CREATE, DROP)]
