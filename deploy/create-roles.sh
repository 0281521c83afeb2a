#!/bin/sh
# Run once by the image of the database, when its folder is empty: the two roles beside the owner (docs/adr/0018).
set -eu
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 \
    --set app="$(cat /run/secrets/app_password)" --set retention="$(cat /run/secrets/retention_password)" <<'SQL'
CREATE ROLE indgang_app LOGIN PASSWORD :'app';
CREATE ROLE indgang_retention LOGIN PASSWORD :'retention';
SQL
