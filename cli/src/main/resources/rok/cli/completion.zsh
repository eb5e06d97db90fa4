#compdef rok
# Completion of rok, as `rok completion zsh` prints it. Names are asked of the store.
_rok() {
  local options=
  local -a names folders
  if (( CURRENT == 2 )); then
    compadd -- @COMMANDS@
    return
  fi
  case $words[2] in
@OPTIONS@    *) ;;
  esac
  if [[ $PREFIX == -* ]]; then
    compadd -- ${=options}
    return
  fi
  case $words[2] in
    files | versions | show | ls | cat | diff | restore | export | import | rm | snapshot) ;;
    *)
      _files
      return
      ;;
  esac
  if [[ $words[2] == snapshot && $words[CURRENT-1] != --to ]]; then
    _files -/
    return
  fi
  if [[ $words[2] == import && $words[CURRENT-1] == import ]]; then
    _files
    return
  fi
  names=(${(f)"$(${(Q)words[1]} __complete $words[2] "${(Q)PREFIX}" 2>/dev/null)"})
  folders=(${(M)names:#*/})
  names=(${names:#*/})
  # What ends in a slash goes on
  (( $#folders )) && compadd -S '' -- $folders
  (( $#names )) && compadd -- $names
  if (( $#names + $#folders == 0 )) && [[ $words[2] == restore ]]; then
    _files -/
  fi
  if (( $#names + $#folders == 0 )) && [[ $words[2] == export ]]; then
    _files
  fi
}
(( $+functions[compdef] )) || { autoload -U compinit && compinit; }
compdef _rok rok
