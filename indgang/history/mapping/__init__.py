"""How the columns of a file from another system become fields of ours. Pure: no database, no clock, no files."""
