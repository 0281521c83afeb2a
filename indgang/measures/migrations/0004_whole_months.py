"""Rows of whole months without centre, queue and channel, for periods of years."""

from django.db import migrations

_KEY = "day, measure, outcome"
_ADD_UP = f"""
WITH part AS (SELECT * FROM measures_summedrollup WHERE grain = 'month_queues'),
bucket AS (
    SELECT {_KEY}, b, sum(n) AS n FROM part, unnest(buckets, counts) AS held(b, n) GROUP BY day, measure, outcome, b
), histogram AS (
    SELECT {_KEY}, array_agg(b ORDER BY b) AS buckets, array_agg(n::int ORDER BY b) AS counts
    FROM bucket GROUP BY {_KEY}
), sums AS (
    SELECT {_KEY}, sum(whole) AS whole, sum(part) AS part, sum(short) AS short, sum(milliseconds) AS milliseconds,
           sum(target_points) AS points
    FROM part GROUP BY {_KEY}
)
INSERT INTO measures_summedrollup (grain, day, measure, centre, queue, service, purpose, channel, level, outcome,
    whole, part, short, milliseconds, target_points, buckets, counts)
SELECT 'month_whole', day, measure, '', '', '', '', '', 1, outcome, whole, part, short, milliseconds, points,
       coalesce(buckets, '{{}}'), coalesce(counts, '{{}}')
FROM sums LEFT JOIN histogram USING ({_KEY})
"""


class Migration(migrations.Migration):
    dependencies = [("measures", "0003_summed_rollups")]

    operations = [migrations.RunSQL(_ADD_UP, migrations.RunSQL.noop)]
