import type { Failure } from "../../model/failure.ts"

/** What came of asking a host for something: lost connections and refusals are answers. */
export type Answer<T> =
  | { readonly kind: "open"; readonly value: T }
  | { readonly kind: "unreachable"; readonly why: string }
  | { readonly kind: "refused"; readonly failure: Failure }

export function unreachable(why: string): { readonly kind: "unreachable"; readonly why: string } {
  return { kind: "unreachable", why }
}

export function refused(
  message: string,
  remedy: string | null,
  output: readonly string[] = [],
): { readonly kind: "refused"; readonly failure: Failure } {
  return { kind: "refused", failure: { kind: "host-refused", message, remedy, output } }
}

/** What a server says of itself, for one line of a message: nothing of it steers a terminal. */
export function harmlessLine(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")
    .trim()
    .slice(0, 500)
}
