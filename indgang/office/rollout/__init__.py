"""Rollout plans in the office: time line, activities, readiness, risks, communication, and the reports of quarters."""
