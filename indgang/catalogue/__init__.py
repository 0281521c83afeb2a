"""The catalogue: units, contact centres, services (ydelser), purposes (ærinder), opening hours, directory.

Everything has a validity period. Other domains refer to this one; it refers to none of them.
"""
