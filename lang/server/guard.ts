import { type CancellationToken, LSPErrorCodes, ResponseError } from "vscode-languageserver/node"

/** Where the server says what went wrong with itself: the client shows it in a window of its own. */
export type Log = (message: string) => void

/**
 * A handler that cannot end the server: what it throws is a bug, which is logged and answered as an error, and the next request is
 * served as if nothing had been. A request that was cancelled while it waited is not begun.
 */
export function guard<Parameters, Answer>(
  what: string,
  log: Log,
  handle: (parameters: Parameters, token: CancellationToken) => Answer,
): (parameters: Parameters, token: CancellationToken) => Answer | ResponseError {
  return (parameters, token) => {
    if (token?.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, "it was cancelled")
    try {
      return handle(parameters, token)
    } catch (error) {
      log(describe(what, error))
      return new ResponseError(LSPErrorCodes.RequestFailed, `this is a bug in appl: ${messageOf(error)}`)
    }
  }
}

/** Runs what answers nobody, such as a notification or a timer: what it throws is logged. */
export function attempt(what: string, log: Log, run: () => void): void {
  try {
    run()
  } catch (error) {
    log(describe(what, error))
  }
}

function describe(what: string, error: unknown): string {
  return `this is a bug in appl (${what}): ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
