"""Counting weeks: where registration does not reach, a unit counts its enquiries for a week (R-115).

`scaling` says what a week is in a year, `setting_up` who counts what, `tallying` counts, `paper` reads filled sheets.
"""
