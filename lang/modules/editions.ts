/** The editions of the language that this version knows, the oldest first. What a module may write is decided by its own. */
export const knownEditions: readonly string[] = ["2026"]

/** The edition of what says none. */
export const newestEdition = knownEditions.at(-1)!
