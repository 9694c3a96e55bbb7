import type { Selection } from "../runtime/index.ts"

/** What `--target` and `--exclude` name. */
export type Choice = { readonly target?: readonly string[]; readonly exclude?: readonly string[] }

/** What an operator chose of all that there is to do; all of it when he named nothing. */
export function selectionOf({ target = [], exclude = [] }: Choice): Selection {
  return { targets: target, excludes: exclude }
}
