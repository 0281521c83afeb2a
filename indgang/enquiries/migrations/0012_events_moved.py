from django.db import migrations

#: The log is the package `events`' own (docs/adr/0021). Renaming keeps the partitions and all that is in them.
MOVE = """
ALTER TABLE enquiries_event RENAME TO events_event;
ALTER TABLE events_event RENAME COLUMN enquiry_id TO stream;
ALTER SEQUENCE enquiries_event_position RENAME TO events_event_position;
DROP TRIGGER enquiries_event_final ON events_event;
DROP FUNCTION enquiries_event_is_final();
DROP FUNCTION enquiries_event_have_month(date);
DO $$
DECLARE each regclass;
BEGIN
    FOR each IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'events_event'::regclass LOOP
        EXECUTE format('ALTER TABLE %s RENAME TO %I', each, replace(each::text, 'enquiries_event', 'events_event'));
    END LOOP;
END $$;
"""

#: A constant default costs nothing, however many rows there are. What was written until now is before all transactions.
COLUMNS = """
ALTER TABLE events_event
    ADD COLUMN version smallint NOT NULL DEFAULT 1,
    ADD COLUMN channel varchar(10) NOT NULL DEFAULT 'phone',
    ADD COLUMN level smallint NOT NULL DEFAULT 1,
    ADD COLUMN centre varchar(60) NOT NULL DEFAULT '',
    ADD COLUMN transaction bigint NOT NULL DEFAULT 0;
ALTER TABLE events_event
    ALTER COLUMN channel SET DEFAULT '',
    ALTER COLUMN transaction SET DEFAULT (pg_current_xact_id()::text::bigint);
"""

#: Indexes go first and come back last: the rows are written anew once, and the indexes are built from what is there.
DERIVE = """
ALTER TABLE events_event DROP CONSTRAINT enquiries_event_pkey;
DROP INDEX enquiries_event_stream;
DROP INDEX enquiries_event_tail;
DROP INDEX enquiries_event_kind;

UPDATE events_event AS event SET channel = enquiry.channel, centre = coalesce(queue_centre.code, own_centre.code, '')
FROM enquiries_enquiry AS enquiry
LEFT JOIN catalogue_contactcentre AS own_centre ON own_centre.id = enquiry.centre_id,
     (SELECT code, centre_id FROM entry_queue UNION ALL SELECT '', NULL) AS queue
LEFT JOIN catalogue_contactcentre AS queue_centre ON queue_centre.id = queue.centre_id
WHERE enquiry.id = event.stream AND queue.code = event.queue
  AND (enquiry.channel <> 'phone' OR coalesce(queue_centre.code, own_centre.code, '') <> '');

-- What was begun by hand said neither centre nor caller; the row has kept them.
UPDATE events_event AS event SET kind = 'begun', data = jsonb_build_object(
    'channel', enquiry.channel, 'centre', coalesce(centre.code, ''), 'caller_number', enquiry.caller_number,
    'caller_name', enquiry.caller_name, 'language', enquiry.language)
FROM enquiries_enquiry AS enquiry LEFT JOIN catalogue_contactcentre AS centre ON centre.id = enquiry.centre_id
WHERE enquiry.id = event.stream AND event.number = 0 AND event.kind = 'arrived' AND event.data ? 'by_hand';

ALTER TABLE events_event ADD PRIMARY KEY (stream, number, at);
CREATE INDEX events_event_position_idx ON events_event (position);
CREATE INDEX events_event_transaction ON events_event (transaction, position);
CREATE INDEX events_event_kind ON events_event (kind, at);
"""

GUARD = """
CREATE FUNCTION events_event_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an event is never changed or removed';
END $$;
CREATE TRIGGER events_event_final BEFORE UPDATE OR DELETE ON events_event
    FOR EACH ROW EXECUTE FUNCTION events_event_is_final();

CREATE FUNCTION events_event_have_month(month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    first date := date_trunc('month', month)::date;
    following date := (first + interval '1 month')::date;
    name text := 'events_event_' || to_char(first, 'YYYY_MM');
BEGIN
    IF to_regclass('public.' || name) IS NOT NULL OR EXISTS (
        SELECT 1 FROM public.events_event_rest WHERE at >= first AND at < following
    ) THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'CREATE TABLE public.%I PARTITION OF public.events_event FOR VALUES FROM (%L) TO (%L)', name, first, following
    );
    RETURN true;
END $$;

-- After a dump was restored, writers are held up for a moment: no event with a position before the new era may still be
-- uncommitted. Where they cannot be had within two seconds, the next reader tries again.
CREATE FUNCTION events_begin_era() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    here text := (SELECT system_identifier::text FROM pg_control_system());
    last text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('events_begin_era'));
    SELECT server INTO last FROM public.events_era ORDER BY id DESC LIMIT 1;
    IF last IS NULL THEN
        INSERT INTO public.events_era (server, first_position, began_at) VALUES (here, 0, now());
    ELSIF last <> here THEN
        LOCK TABLE public.events_event IN SHARE ROW EXCLUSIVE MODE;
        INSERT INTO public.events_era (server, first_position, began_at)
            SELECT here, coalesce(max(position) + 1, 0), now() FROM public.events_event;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("enquiries", "0011_one_each"),
        ("events", "0001_initial"),
        ("entry", "0008_prompt_unit"),
        ("catalogue", "0001_initial"),
    ]
    operations = [
        *(migrations.RunSQL(sql) for sql in (MOVE, COLUMNS, DERIVE, GUARD)),
        migrations.DeleteModel(name="Event"),
    ]
