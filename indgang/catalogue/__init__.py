"""The catalogue: units, contact centres, services (ydelser), purposes (ærinder), opening hours, directory.

Everything has a validity period. Other domains point here; this one points at nobody.
"""
