"""How long background jobs wait. procrastinate gives a job a time only when it is deferred to one; every other job
waits from the moment it was deferred."""

from __future__ import annotations

#: of a row `job` of procrastinate_jobs: the time from which a worker may take it
DUE = (
    "coalesce(job.scheduled_at, (SELECT min(event.at) FROM procrastinate_events event"
    " WHERE event.job_id = job.id AND event.type = 'deferred'))"
)
