"""The reporting schema: views of the roll-ups, definitions and names that other tools read (docs/reporting.md).

`views` says what they hold, `schema` puts them into the database, `dictionary` describes them from their comments, and
`export` writes days as Parquet.
"""
