#!/bin/sh
# Backs the log and the keys up, apart from each other: `once`, or `nightly` until it is stopped.
# Keys are kept for days only, since a backup of them brings back what was erased meanwhile.
set -eu
umask 077

# What runs behind us: whoever stops this script stops that, and a backup clears up what is half done.
running=

behind() {
	"$@" &
	running=$!
	wait "$running" && ended=0 || ended=$?
	running=
	return "$ended"
}

once() {
	# Older ones go only behind a new one that is whole and verifies.
	behind trailmark-server backup "$LOG_FOLDER" "$KEYS_FOLDER" --json \
		--log-days "$LOG_DAYS" --keys-days "$KEYS_DAYS"
}

stopped() {
	trap '' TERM INT
	ended=0
	if [ -n "$running" ]; then
		kill -TERM "$running" 2>/dev/null || true
		wait "$running" || ended=$?
	fi
	[ "$mode" = once ] || ended=0
	exit "$ended"
}

mode=${1:-}
trap stopped TERM INT
case $mode in
once) once ;;
nightly)
	while true; do
		once || true # its error is told; the next night is another try
		behind sleep 86400
	done
	;;
*)
	echo "backup.sh: once or nightly" >&2
	exit 2
	;;
esac
