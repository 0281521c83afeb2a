"""Indexes for what the desk asks: parties by words of their name, what an agent owes, an agent's own day."""

from django.db import migrations

CREATE = """
CREATE INDEX enq_party_words ON enquiries_party USING gin (to_tsvector('simple'::regconfig, COALESCE(name, '')));
CREATE INDEX enq_owed_by_first ON enquiries_enquiry (first_agent_id, arrived_at DESC) WHERE state = 'unregistered';
CREATE INDEX enq_agent_answered ON enquiries_enquiry (agent_id, answered_at);
CREATE INDEX enq_ring_number ON enquiries_ringback (number) WHERE done_at IS NULL;
"""
DROP = """
DROP INDEX enq_party_words; DROP INDEX enq_owed_by_first; DROP INDEX enq_agent_answered; DROP INDEX enq_ring_number;
"""


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0004_phase")]
    operations = [migrations.RunSQL(CREATE, DROP)]
