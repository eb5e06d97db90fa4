# Completion of rok, as `rok completion bash` prints it. Names are asked of the store.
_rok_paths() { # -f or -d, and the word: any names of files, those with spaces too
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$1" -- "$2")
}
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
    files | versions | show | ls | cat | diff | restore | export | import | rm | snapshot) ;;
    *)
      _rok_paths -f "$word"
      return
      ;;
  esac
  case ${COMP_WORDS[1]}:${COMP_WORDS[COMP_CWORD - 1]} in
    snapshot:--to) ;;
    import:import)
      _rok_paths -f "$word"
      return
      ;;
    snapshot:*)
      _rok_paths -d "$word"
      return
      ;;
  esac
  # The shell splits words at an @, and completes only what is from there on, the @ included.
  case ${COMP_WORDBREAKS-} in *@*) case $word in *@*) cut=${word%@*} ;; esac ;; esac
  while IFS= read -r reply; do
    COMPREPLY+=("${reply#"$cut"}")
  done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[1]}" "$word" 2>/dev/null)
  case ${COMPREPLY[0]-} in */) type compopt >/dev/null 2>&1 && compopt -o nospace ;; esac
  if [ "${#COMPREPLY[@]}" -eq 0 ] && [ "${COMP_WORDS[1]}" = restore ]; then
    _rok_paths -d "$word"
  fi
  if [ "${#COMPREPLY[@]}" -eq 0 ] && [ "${COMP_WORDS[1]}" = export ]; then
    _rok_paths -f "$word"
  fi
}
complete -F _rok rok
