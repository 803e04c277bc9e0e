/** By which a script has this program complete the words after it, the last of which is being written: it prints how, and then words, a line each. */
export const COMPLETE = 'complete-words';

/** The scripts, by the name of the shell. */
export const SCRIPTS = {
  bash: `# Completes command lines of vmsysctld in bash: eval "$(vmsysctld completion bash)"
_vmsysctld()
{
    local words=() join='' how='' current i first
    # bash cuts words at = signs.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        if [[ ( -n $join || \${COMP_WORDS[i]} == '=' ) && \${#words[@]} -gt 0 ]]; then
            words[\${#words[@]}-1]+=\${COMP_WORDS[i]}
        else
            words+=("\${COMP_WORDS[i]}")
        fi
        join=''
        if [[ \${COMP_WORDS[i]} == '=' ]]; then join=1; fi
    done
    current=\${words[\${#words[@]}-1]}
    if [[ $current == --*=* ]]; then current=\${current#*=}; fi
    { read -r how; mapfile -t COMPREPLY; } < <("\${COMP_WORDS[0]}" ${COMPLETE} "\${words[@]}" 2> /dev/null)
    case $how in
        files) mapfile -t COMPREPLY < <(compgen -f -- "$current"); compopt -o filenames 2> /dev/null ;;
        directories) mapfile -t COMPREPLY < <(compgen -d -- "$current"); compopt -o filenames 2> /dev/null ;;
        command)
            for ((first = 1; first < COMP_CWORD; first++)); do
                if [[ \${COMP_WORDS[first]} == '--' ]]; then break; fi
            done
            if declare -F _command_offset > /dev/null; then
                _command_offset $((first + 1))
            elif ((COMP_CWORD == first + 1)); then
                mapfile -t COMPREPLY < <(compgen -c -- "$current")
            else
                mapfile -t COMPREPLY < <(compgen -f -- "$current"); compopt -o filenames 2> /dev/null
            fi ;;
    esac
    # A value follows.
    if [[ \${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2> /dev/null; fi
}
complete -F _vmsysctld vmsysctld`,
  zsh: `#compdef vmsysctld
# Completes command lines of vmsysctld in zsh: source <(vmsysctld completion zsh), after compinit; or save it as _vmsysctld in a directory of $fpath.
_vmsysctld()
{
    local -a lines
    local how
    lines=("\${(@f)$("\${(Q)words[1]}" ${COMPLETE} "\${(@Q)words[2,CURRENT]}" 2> /dev/null)}")
    how=$lines[1]
    shift lines
    [[ $PREFIX == --*=* ]] && compset -P '*='
    case $how in
        files) _files ;;
        directories) _files -/ ;;
        command)
            (( CURRENT -= words[(i)--] ))
            shift "words[(i)--]" words
            _normal ;;
        words) compadd -S '' -- \${(M)lines:#*=}; compadd -- \${lines:#*=} ;;
    esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _vmsysctld "$@"; else compdef _vmsysctld vmsysctld; fi`,
} as const;

export type Shell = keyof typeof SCRIPTS;
