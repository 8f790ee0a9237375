#!/bin/sh
# Backs the log and the keys up, apart from each other: `once`, or `nightly` until it is stopped.
# Keys are kept for days only, since a backup of them brings back what was erased meanwhile.
set -eu
umask 077

once() {
	# Older ones go only behind a new one that is whole and verifies.
	trailmark-server backup "$LOG_FOLDER" "$KEYS_FOLDER" --json \
		--log-days "$LOG_DAYS" --keys-days "$KEYS_DAYS"
}

trap 'exit 0' TERM INT
case ${1:-} in
once) once ;;
nightly)
	while true; do
		once || true # its error is told; the next night is another try
		sleep 86400 &
		wait $!
	done
	;;
*)
	echo "backup.sh: once or nightly" >&2
	exit 2
	;;
esac
