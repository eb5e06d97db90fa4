# Shared by the benchmarks: where things are kept, how a command is measured, how a table is printed.
# Sourced, not run.
set -euo pipefail
BENCH_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PROJECT=$(dirname "$BENCH_DIR")
BENCH_CACHE=${ROK_BENCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rok/bench}
mkdir -p "$BENCH_CACHE"
PATH=$BENCH_CACHE/bin:$PATH

note() { printf '%s\n' "$*" >&2; }

# measure LABEL COMMAND...: appends "label seconds peak_rss_kib exit" to $RESULTS; the command's output goes to $BENCH_CACHE/last.log
measure() {
  local label=$1 code=0 figures
  shift
  figures=$(mktemp)
  command time -q -f '%e %M' -o "$figures" "$@" >"$BENCH_CACHE/last.log" 2>&1 || code=$?
  printf '%s %s %s\n' "$label" "$(tail -n 1 "$figures")" "$code" | tee -a "$RESULTS" >&2
  rm -f "$figures"
  if [ "$code" -ne 0 ]; then tail -n 5 "$BENCH_CACHE/last.log" >&2; fi
}

# Cold: the page cache is emptied first, where we may.
cold() { sync; { echo 3 >/proc/sys/vm/drop_caches; } 2>/dev/null || note "page cache not dropped (needs root): figures are warm"; }
# Warm: every byte of the folder has just been read.
warm() { find "$1" -type f -print0 | xargs -0 cat >/dev/null 2>&1 || true; }

machine() {
  printf '%s cores, %s, %s GiB, Linux %s, %s' "$(nproc)" "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" \
    "$(awk '/MemTotal/ {printf "%.0f", $2 / 1048576}' /proc/meminfo)" "$(uname -r)" "$(findmnt -no FSTYPE -T "$BENCH_CACHE")"
}

# publish NAME FILE: puts the table between its marks in docs/benchmarks.md, with the command, the machine and the date.
publish() {
  local name=$1 file=$2 page=$PROJECT/docs/benchmarks.md
  python3 - "$name" "$file" "$page" "$(machine)" "$(date -u +%F)" <<'PY'
import re, sys
name, table, page, machine, date = sys.argv[1:]
body = open(table, encoding="utf-8").read().rstrip()
block = f"<!-- {name} -->\n`bench/{name}` · {machine} · {date}\n\n{body}\n<!-- /{name} -->"
text = open(page, encoding="utf-8").read()
marks = re.compile(rf"<!-- {re.escape(name)} -->.*?<!-- /{re.escape(name)} -->", re.S)
text = marks.sub(lambda _: block, text) if marks.search(text) else text.rstrip() + f"\n\n## {name}\n\n{block}\n"
open(page, "w", encoding="utf-8").write(text)
PY
}
