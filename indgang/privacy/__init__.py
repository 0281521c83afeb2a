"""Personal data: why each kind is kept and for how long, how it is scrubbed, searched and exported (docs/adr/0031).

Owners declare their kinds of personal data in a module `personal_data`, as they declare event kinds. `plan` says how
long each kind is kept, `nightly` scrubs what is due, and `scrubbing` does it in batches.
"""
