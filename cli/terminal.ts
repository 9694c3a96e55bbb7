import { isatty } from "node:tty"

/** Where a command writes and whom it may ask. Answers go to `out`; everything for people to know meanwhile goes to `err`. */
export type Terminal = {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** True when a person is there to be asked: input and errors are both a terminal. */
  readonly asks: boolean
  /** True when `err` is a terminal: a line may be drawn again. */
  readonly live: boolean
  readonly colors: { readonly out: Color; readonly err: Color }
  /** Columns. */
  readonly width: number
}

export type Color = "always" | "never"

/** The terminal of this process. `NO_COLOR` and `TERM=dumb` turn colours off, `FORCE_COLOR` turns them on. */
export function processTerminal(): Terminal {
  const dumb = process.env.TERM === "dumb"
  // Node makes a stream when it is first looked at, which takes longer than to ask the system.
  const live = isatty(2)
  return {
    out: (text) => void process.stdout.write(harmless(text)),
    err: (text) => void process.stderr.write(harmless(text)),
    asks: isatty(0) && live,
    // A terminal may say that it has no columns, and nothing can be drawn again there.
    live: live && !dumb && process.stderr.columns >= 20,
    colors: { out: colorOf(isatty(1) && !dumb), err: colorOf(live && !dumb) },
    width: (live && process.stderr.columns) || 120,
  }
}

/**
 * A text without what steers a terminal, colours excepted: files of appliances and what runs inside of them have a part in what is printed.
 * JSON has none of these characters, or has them in the form that it is given here.
 */
export function harmless(text: string): string {
  return text
    .replace(steering, "\ufffd")
    .replace(hidden_steering, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`)
}

/**
 * Control characters but tab and line's end, unless they begin a colour (ECMA-48, SGR). A carriage return alone would let what follows
 * it stand in the place of what was printed, and so would a colour that hides (SGR 8).
 */
const steering =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f]|\r(?!\n)|\u001b(?!\[(?!(?:\d*;)*0*8(?:;|m))[0-9;]*m)/g
/** What `JSON.stringify` leaves as it is: the control characters of eight bits, and those that turn the order of what is shown around. */
const hidden_steering = /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

function colorOf(terminal: boolean): Color {
  const forced = process.env.FORCE_COLOR
  if (forced !== undefined && forced !== "" && forced !== "0") return "always"
  const refused = process.env.NO_COLOR
  return terminal && (refused === undefined || refused === "") ? "always" : "never"
}
