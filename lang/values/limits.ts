/** What one compilation may use. The numbers are generous for anything a person writes, and small for a machine. */
export const limits = {
  /** Turns of loops and calls for each thing that `--limit` allows: most things take one or two. */
  steps_per_thing: 20,
  /** How deep an expression may be nested. */
  nesting: 500,
  /** How many expressions may wait for one another: a let for a param, its parts for a field, and so on. */
  waiting: 1500,
  /** UTF-16 units in one text. */
  text_length: 16 * 1024 * 1024,
  /** UTF-16 units that one template may print. */
  template_output_length: 4 * 1024 * 1024,
  /** Expressions and loop steps that one rendering may evaluate. */
  template_steps: 1_000_000,
  /** Includes inside includes, and expressions inside expressions. */
  template_nesting: 100,
  include_nesting: 20,
  /** How many clusters may stand inside one another. */
  clusters_in_clusters: 32,
} as const
