from django.db import migrations

CREATE = """
CREATE SEQUENCE enquiries_event_position;
CREATE TABLE enquiries_event (
    enquiry_id uuid NOT NULL,
    number integer NOT NULL,
    position bigint NOT NULL DEFAULT nextval('enquiries_event_position'),
    at timestamptz NOT NULL,
    kind varchar(30) NOT NULL,
    queue varchar(60) NOT NULL DEFAULT '',
    person bigint,
    data jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (at, enquiry_id, number)
) PARTITION BY RANGE (at);
ALTER SEQUENCE enquiries_event_position OWNED BY enquiries_event.position;
CREATE TABLE enquiries_event_rest PARTITION OF enquiries_event DEFAULT;
CREATE INDEX enquiries_event_stream ON enquiries_event (enquiry_id, number);
CREATE INDEX enquiries_event_tail ON enquiries_event (position);
CREATE INDEX enquiries_event_kind ON enquiries_event (kind, at);

CREATE FUNCTION enquiries_event_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('indgang.retention', true) = 'on' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'an event is never changed or removed';
END $$;
CREATE TRIGGER enquiries_event_final BEFORE UPDATE OR DELETE ON enquiries_event
    FOR EACH ROW EXECUTE FUNCTION enquiries_event_is_final();
"""

DROP = "DROP TABLE enquiries_event; DROP FUNCTION enquiries_event_is_final;"


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0002_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
