"""People's calendars at other systems: when they are busy, and nothing else about what they do.

`reading` finds the busy times in an iCalendar file. Titles, places and participants are never kept.
"""
