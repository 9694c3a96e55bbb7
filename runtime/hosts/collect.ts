import { StringDecoder } from "node:string_decoder"

/** Gathers what a program says, bytes by bytes, and gives the last part of it as text. */
export type Collected = { readonly take: (bytes: Uint8Array) => void; readonly text: () => string }

/** How much of what a program says is kept: its answer, and what it says to people. */
export const output_limit_bytes = 64 * 1024 * 1024
export const errors_limit_bytes = 256 * 1024

/** For an answer: text as it is, the last `limit_bytes` of it. */
export function collectOutput(limit_bytes = output_limit_bytes): Collected {
  return gather(limit_bytes, (text) => text)
}

/**
 * For people: programs inside of appliances have a part in it, so nothing of it may steer a terminal, and no line is longer than a page.
 * `onLine` gets each full line.
 */
export function collectErrors(onLine: (line: string) => void = () => {}, limit_bytes = errors_limit_bytes): Collected {
  let rest = ""
  return gather(limit_bytes, (text) => {
    const part = text.replace(steering, " ")
    const lines = `${rest}${part}`.split("\n")
    rest = (lines.pop() ?? "").slice(-line_limit_bytes)
    for (const line of lines) onLine(line)
    return part
  })
}

function gather(limit_bytes: number, heard: (text: string) => string): Collected {
  const decoder = new StringDecoder("utf8")
  let text = ""
  return {
    take: (bytes) => {
      text = `${text}${heard(decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)))}`
      if (text.length > limit_bytes) text = text.slice(-limit_bytes)
    },
    text: () => text,
  }
}

/** All control characters (ECMA-48, in both widths) but the line's end. */
const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g
const line_limit_bytes = 4_096
