/** What a step does to its object, from the gentlest to the harshest; `keep` never makes a step. */
export type Action = "keep" | "update" | "reload" | "restart" | "create" | "replace" | "move" | "delete"

/** The sign before a plan line. */
export const signs: Readonly<Record<Action, string>> = {
  keep: " ",
  update: "~",
  reload: "↻",
  restart: "!",
  create: "+",
  replace: "±",
  move: "→",
  delete: "-",
}

/** The harsher of two actions for one object: a change that reloads and one that restarts together restart. */
export function harsher(left: Action, right: Action): Action {
  return order.indexOf(left) >= order.indexOf(right) ? left : right
}

const order: readonly Action[] = ["keep", "update", "reload", "restart", "create", "replace", "move", "delete"]
