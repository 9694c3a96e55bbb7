/** The shells that there is a script for. */
export const shells = ["bash", "zsh", "fish"] as const
export type Shell = (typeof shells)[number]

// Each script asks `appl complete`, which answers with a line for each word (its value, a tab, what it says), and at the end one of
// `:words`, `:open` (no space after the word) or `:files` with endings. What stands in the answer is never run by the shell.

/** The script that makes a shell complete the words of `appl`. */
export function scriptFor(shell: Shell): string {
  return { bash, zsh, fish }[shell]
}

const bash = `# Completes the words of appl in bash 4.4 or later: eval "$(appl completion bash)"
_appl() {
  local line=\${COMP_LINE:0:COMP_POINT} words=() answer=() last current endings entry
  read -ra words <<<"$line"
  # A space at the end begins a new word.
  if [[ $line == *[[:space:]] ]]; then words+=(""); fi
  current=\${words[-1]}
  mapfile -t answer < <("\${words[0]}" complete -- "\${words[@]:1}" 2>/dev/null)
  ((\${#answer[@]})) || return 0
  last=\${answer[-1]}
  unset 'answer[-1]'
  COMPREPLY=()
  # Bash takes what stands behind a = or : for a word of its own.
  local cut=""
  if [[ $current == *[=:]* && $COMP_WORDBREAKS == *=* ]]; then cut=\${current%"\${current##*[=:]}"}; fi
  for entry in "\${answer[@]}"; do
    entry=\${entry%%$'\\t'*}
    COMPREPLY+=("\${entry#"$cut"}")
  done
  case $last in
    :open) compopt -o nospace 2>/dev/null ;;
    :files*)
      compopt -o filenames 2>/dev/null
      read -ra endings <<<"\${last#:files}"
      current=\${current#"$cut"}
      while IFS= read -r entry; do
        if [[ -d $entry || \${#endings[@]} -eq 0 ]]; then COMPREPLY+=("$entry"); continue; fi
        local ending
        for ending in "\${endings[@]}"; do [[ $entry == *"$ending" ]] && COMPREPLY+=("$entry"); done
      done < <(compgen -f -- "$current")
      ;;
  esac
}
complete -F _appl appl
`

const zsh = `#compdef appl
# Completes the words of appl in zsh: source <(appl completion zsh), or put it into a file _appl of a folder in $fpath.
_appl() {
  local -a answer values described
  local last entry
  answer=("\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  last=\${answer[-1]}
  answer=("\${(@)answer[1,-2]}")
  for entry in "\${answer[@]}"; do
    values+=("\${entry%%$'\\t'*}")
    described+=("\${entry%%$'\\t'*}  \${entry#*$'\\t'}")
  done
  case $last in
    :files*)
      local -a endings
      endings=(\${=last#:files})
      if (( \${#endings} )); then _files -g "*(\${(j:|:)endings})(-.)"; else _files; fi
      ;;
    :open) (( \${#values} )) && compadd -S '' -l -d described -a values ;;
    *) (( \${#values} )) && compadd -l -d described -a values ;;
  esac
}
compdef _appl appl
`

const fish = `# Completes the words of appl in fish: appl completion fish | source
function __appl_complete
    set -l words (commandline -opc)
    set -l answer ($words[1] complete -- $words[2..-1] (commandline -ct) 2>/dev/null)
    test (count $answer) -gt 0; or return
    set -l last $answer[-1]
    set -e answer[-1]
    for entry in $answer
        echo $entry
    end
    if string match -q ':files*' -- $last
        set -l endings (string split -n ' ' -- (string replace ':files' '' -- $last))
        for entry in (__fish_complete_path (commandline -ct))
            set -l path (string split -f1 \\t -- $entry)
            if test (count $endings) -eq 0; or string match -q '*/' -- $path
                echo $path
                continue
            end
            for ending in $endings
                string match -q "*$ending" -- $path; and echo $path
            end
        end
    end
end
complete -c appl -f -a '(__appl_complete)'
`
