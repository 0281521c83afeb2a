"""English as Danish authorities write it: the day first, without a full stop after the number."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y H:i"
SHORT_DATE_FORMAT = "d.m.Y"
MONTH_DAY_FORMAT = "j F"
