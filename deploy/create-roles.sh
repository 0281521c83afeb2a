#!/bin/sh
# Run once by the image of the database, when its folder is empty: the roles beside the owner (docs/adr/0018). The one for
# other tools (docs/reporting.md) has no password and cannot connect until somebody gives it one.
set -eu
# assignments of their own: `set -e` does not stop at a `cat` that fails inside an argument
app=$(cat /run/secrets/app_password)
retention=$(cat /run/secrets/retention_password)
: "${app:?/run/secrets/app_password is empty}" "${retention:?/run/secrets/retention_password is empty}"
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 \
    --set app="$app" --set retention="$retention" <<'SQL'
CREATE ROLE indgang_app LOGIN PASSWORD :'app';
CREATE ROLE indgang_retention LOGIN PASSWORD :'retention';
CREATE ROLE indgang_reporting;
SQL
