"""Units, services, people and the directory as tables: read, compared with what is there, shown, and then written.

A table is CSV as Danish spreadsheets write it, or .xlsx. Reading one again changes nothing (`kinds`).
"""
