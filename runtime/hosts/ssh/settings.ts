import { homedir, userInfo } from "node:os"
import type { Settings } from "./configuration.ts"

/**
 * Who asks, from this process: its user, `SSH_AUTH_SOCK`, and `APPL_SSH_CONFIG`, a file that is read instead of the configuration of the
 * user and the machine, as `ssh -F` does.
 */
export function userSettings(): Settings {
  const { SSH_AUTH_SOCK, APPL_SSH_CONFIG } = process.env
  return {
    home: homedir(),
    user: userInfo().username,
    agent: SSH_AUTH_SOCK === undefined || SSH_AUTH_SOCK === "" ? null : SSH_AUTH_SOCK,
    file: APPL_SSH_CONFIG === undefined || APPL_SSH_CONFIG === "" ? null : APPL_SSH_CONFIG,
  }
}
