"""The module in which Django looks for the database backend of the engine `indgang.config.postgresql`."""

from indgang.config.postgresql.kept_connection import DatabaseWrapper as DatabaseWrapper
