# Completion of rok, as `rok completion` prints it. Names are asked of the store.
_rok() {
  local line=${COMP_LINE:0:COMP_POINT} word cut= reply options
  word=${line##*[[:space:]]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -le 1 ]; then
    COMPREPLY=($(compgen -W '@COMMANDS@' -- "$word"))
    return
  fi
  case ${COMP_WORDS[1]} in
@OPTIONS@    *) options='' ;;
  esac
  case $word in
    -*)
      COMPREPLY=($(compgen -W "$options" -- "$word"))
      return
      ;;
  esac
  case ${COMP_WORDS[1]} in
    files | versions | show | ls | cat | diff | restore | rm | snapshot) ;;
    *)
      COMPREPLY=($(compgen -f -- "$word"))
      return
      ;;
  esac
  case ${COMP_WORDS[1]}:${COMP_WORDS[COMP_CWORD - 1]} in
    snapshot:--to) ;;
    snapshot:*)
      COMPREPLY=($(compgen -d -- "$word"))
      return
      ;;
  esac
  # The shell splits words at some of these, and completes only the last part.
  case ${COMP_WORDBREAKS-} in *@*) case $word in *@*) cut=${word%@*}@ ;; esac ;; esac
  while IFS= read -r reply; do
    COMPREPLY+=("${reply#"$cut"}")
  done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[1]}" "$word" 2>/dev/null)
  case ${COMPREPLY[0]-} in */) type compopt >/dev/null 2>&1 && compopt -o nospace ;; esac
  if [ "${#COMPREPLY[@]}" -eq 0 ] && [ "${COMP_WORDS[1]}" = restore ]; then
    COMPREPLY=($(compgen -d -- "$word"))
  fi
}
complete -F _rok rok
