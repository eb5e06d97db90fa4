# A few lines to write command tests with. Sourced, not run.
# check "name" command...   passes when the command succeeds; its output is shown when not.
# The script ends with `finish`, which prints `N passed, N failed, N skipped` and exits accordingly.
set -uo pipefail
passed=0 failed=0 skipped=0

check() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED %s\n%s\n' "$name" "$(printf '%s' "$output" | tail -n 20)"
  fi
}
skip() { skipped=$((skipped + 1)); printf 'not run: %s\n' "$1"; }
finish() {
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ]
}

# fails CODE PATTERN command...: the command exits with CODE, says something that matches PATTERN, and shows no stack trace.
fails() {
  local code=$1 pattern=$2 got=0 output
  shift 2
  output=$("$@" 2>&1 </dev/null) || got=$?
  if [ "$got" -ne "$code" ]; then echo "exit $got, not $code: $output"; return 1; fi
  if printf '%s' "$output" | grep -qE '^\s+at [a-z]+\.|Exception'; then echo "a stack trace: $output"; return 1; fi
  if ! printf '%s' "$output" | grep -qiE -- "$pattern"; then echo "does not say /$pattern/: $output"; return 1; fi
}
# says PATTERN command...
says() {
  local pattern=$1 output
  shift
  output=$("$@" 2>&1 </dev/null) || { echo "exit $?: $output"; return 1; }
  if ! printf '%s' "$output" | grep -qE -- "$pattern"; then echo "does not say /$pattern/: $output"; return 1; fi
}
# json EXPRESSION command...: the command's one JSON document satisfies the Python expression over d.
json() {
  local expression=$1 output
  shift
  output=$("$@" 2>/dev/null </dev/null) || { echo "exit $?: $output"; return 1; }
  printf '%s' "$output" | python3 -c '
import json, sys
d = json.load(sys.stdin)
if not eval(sys.argv[1]):
    print("not", sys.argv[1], ":", json.dumps(d)[:2000])
    sys.exit(1)' "$expression"
}
same() { diff -r --no-dereference "$1" "$2"; }
