"""Where Django looks for the connection of the engine `indgang.config.postgresql`."""

from indgang.config.postgresql.kept_connection import DatabaseWrapper as DatabaseWrapper
