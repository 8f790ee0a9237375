#!/bin/sh
# Backs the log and the keys up, apart from each other: `once`, or `nightly` until it is stopped.
# Read models are left out: they are folded again. Keys are kept for days only, since a backup of them
# brings back what was erased meanwhile.
set -eu
umask 077

dump() { # address folder days options...
	address=$(cat "$1")
	folder=$2
	days=$3
	shift 3
	name="$folder/$(date -u +%Y%m%dT%H%M%SZ).dump"
	pg_dump --format=custom --no-owner --file "$name.part" "$@" "$address"
	sync
	mv "$name.part" "$name"
	# Only behind a new one that is whole.
	find "$folder" -name '*.dump' -mtime "+$days" -delete
}

once() {
	# The log first: a key that is missing cannot be made again, a row that is missing comes back.
	dump "$DATABASE_FILE" "$LOG_FOLDER" "$LOG_DAYS" \
		--exclude-table-data=document --exclude-table-data=projection \
		--exclude-table-data=failed_fold --exclude-table-data=access_change
	dump "$KEYS_DATABASE_FILE" "$KEYS_FOLDER" "$KEYS_DAYS"
}

trap 'exit 0' TERM INT
case $1 in
once) once ;;
nightly)
	while true; do
		once
		sleep 86400 &
		wait $!
	done
	;;
esac
