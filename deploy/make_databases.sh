#!/bin/sh
# Makes the two databases and the role of each, once, when the cluster is new.
set -eu
log_password=$(cat "${LOG_PASSWORD_FILE:-/run/secrets/log_password}")
keys_password=$(cat "${KEYS_PASSWORD_FILE:-/run/secrets/keys_password}")
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
	--set "log_password=$log_password" --set "keys_password=$keys_password" <<'SQL'
CREATE ROLE trailmark LOGIN PASSWORD :'log_password';
CREATE ROLE trailmark_keys LOGIN PASSWORD :'keys_password';
CREATE DATABASE trailmark OWNER trailmark;
CREATE DATABASE trailmark_keys OWNER trailmark_keys;
-- Whoever has one of them must not come into the other.
REVOKE CONNECT ON DATABASE trailmark, trailmark_keys FROM PUBLIC;
SQL
