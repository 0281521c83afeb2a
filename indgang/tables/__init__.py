"""Units, services, people and the directory as tables: read, compared with the present rows, shown, and then written.

A table is CSV as Danish spreadsheets write it, or .xlsx. Reading a table a second time changes nothing (`kinds`).
"""
