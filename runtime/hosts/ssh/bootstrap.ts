import { quote } from "../shell.ts"

/**
 * What a login shell is given, for one script of `bytes` bytes that comes on standard input. It is POSIX shell that bash, dash, zsh and fish
 * read in the same way: single quotes without a backslash or a quote in them. It becomes root, and `mark`, which nobody can guess, then
 * stands before and behind what the program prints, so that what a start-up file of the shell prints is told from it. A script that was
 * cut off is not run.
 */
export function loginCommand(shape: "framed" | "bare" | "terminal", mark: string, bytes: number): string {
  const inner = `s=$(head -c ${bytes}); ${judgeScript(mark)}`
  const wrapper = {
    framed: `echo "${mark} begin $$"; echo "${mark} begin" >&2; exec 4>&2 2>/dev/null; (exec sh -c "$1" 2>&4 4>&-); c=$?; echo "${mark} end $c"; echo "${mark} end" >&4; exit $c`,
    bare: `echo "${mark} begin $$"; echo "${mark} begin" >&2; eval "$1"`,
    // Sent as it is: no echo, and no limit to a line. The settings come back before the script begins.
    terminal: `t=$(stty -g); stty raw -echo; echo "${mark} begin $$"; s=$(head -c ${bytes}); stty "$t"; ${judgeScript(mark)}`,
  }[shape]
  return `exec sh -c ${quote(becomeRoot(mark))} ${quote(wrapper)} ${quote(inner)}`
}

/** What is sent for it: the script, and the sign that all of it came. */
export function scriptBytes(script: string, mark: string): Buffer {
  return Buffer.from(`${script}\n#${mark}`)
}

function judgeScript(mark: string): string {
  return `case $s in *"#${mark}") unset t; eval "$s" ;; *) exit 118 ;; esac`
}

/** `$0` is the wrapper, `$1` what it runs. sudo never asks: it has nobody to ask. */
function becomeRoot(mark: string): string {
  return [
    "cd /",
    `if [ "$(id -u)" = 0 ]; then exec sh -c "$0" sh "$1"; fi`,
    `command -v sudo >/dev/null 2>&1 || { echo "${mark} no-sudo"; exit 1; }`,
    "LC_ALL=C",
    "export LC_ALL",
    `exec sudo -n sh -c "$0" sh "$1"`,
  ].join("; ")
}

/** A script that ends a program, by the number that its frame began with, with all that it started. */
export function killScript(process_id: number): string {
  return `IFS= read -r stat 2>/dev/null </proc/${process_id}/stat || exit 0
set -- \${stat##*) }
case $(cat "/proc/$3/comm" 2>/dev/null) in
  sshd* | dropbear*) kill -s KILL ${process_id} ;;
  *) kill -s KILL -- "-$3" ;;
esac
`
}

/** One stream of a program between its marks. */
export type Frame = {
  readonly take: (bytes: Buffer) => void
  /** The word and the rest of the first line with the mark; null before it came. */
  readonly begun: () => readonly string[] | null
  /** What stands behind the end; null before it came. */
  readonly ended: () => string | null
}

/** Reads a stream: what comes before the first mark is noise, what is between goes to `inside`, what comes behind is dropped. */
export function readFrame(mark: string, inside: (bytes: Buffer) => void): Frame {
  let rest: Buffer = Buffer.alloc(0)
  let begun: readonly string[] | null = null
  let ending = false
  let ended: string | null = null
  const end_mark = Buffer.from(`${mark} end`)
  const begin_mark = Buffer.from(`${mark} `)

  function before(): boolean {
    const at = rest.indexOf(begin_mark)
    const line_end = at === -1 ? -1 : rest.indexOf(10, at)
    if (line_end === -1) {
      if (at === -1) rest = rest.subarray(-noise_bytes)
      return false
    }
    begun = rest
      .subarray(at + begin_mark.length, line_end)
      .toString("latin1")
      .trim()
      .split(" ")
    rest = rest.subarray(line_end + 1)
    return true
  }
  function between(): boolean {
    const at = rest.indexOf(end_mark)
    const sure = at === -1 ? rest.length - beginOf(end_mark, rest) : at
    if (sure > 0) inside(rest.subarray(0, sure))
    rest = rest.subarray(at === -1 ? sure : at + end_mark.length)
    ending = at !== -1
    return ending
  }
  function after(): boolean {
    const line_end = rest.indexOf(10)
    if (line_end !== -1) ended ??= rest.subarray(0, line_end).toString("latin1").trim()
    return false
  }
  return {
    take: (bytes) => {
      if (ended !== null) return
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
      if (begun === null && !before()) return
      if (!ending && !between()) return
      after()
    },
    begun: () => begun,
    ended: () => ended,
  }
}

/** How many bytes at the end of `bytes` may be the beginning of `mark`. */
function beginOf(mark: Buffer, bytes: Buffer): number {
  for (let length = Math.min(mark.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(-length).equals(mark.subarray(0, length))) return length
  }
  return 0
}

const noise_bytes = 65_536
