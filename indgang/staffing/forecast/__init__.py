"""Calls of the days to come, by queue and interval, with the range in which they will lie. Pure.

`history` is what was counted; `calendar` what a date means in Denmark; `events` what a planner knows. `day_model` says
how many calls a day brings, `interval_profile` how they spread over it, `level` how far the last days were off.
`eight_weeks` is the mean that every forecast is held against, and blended with by measured accuracy (`forecaster`).
`bands` are the ranges, `outliers` the days that are left out, `cold_start` what stands in for a history, `accuracy` how
well a forecast did, `handling` the time that a call takes.
"""
