import { execFileSync } from "node:child_process"
import type { DesiredImage, Form, ImagePins } from "../../lang/index.ts"
import { buildSteps, resolveImage } from "../../runtime/drivers/linux/image.ts"
import { prepare } from "../../runtime/drivers/linux/prepare.ts"
import { ask, openSession, type Session } from "../../runtime/drivers/linux/session.ts"
import { type Member, tar } from "../../runtime/drivers/linux/tar.ts"
import { localHost } from "../../runtime/hosts/local.ts"
import { hostProgram } from "../../runtime/hosts/program.ts"
import { type Call, quote } from "../../runtime/hosts/shell.ts"
import type { Outcome } from "../../runtime/model/failure.ts"

/** This machine with the host's program, for tests of single verbs of it. */
export async function labSession(): Promise<Session> {
  const host = localHost("local")
  const prepared = await prepare(host, () => {})
  if (!prepared.ok) throw new Error([prepared.failure.message, ...prepared.failure.output].join("\n"))
  return openSession(host, hostProgram())
}

/** Runs calls of the host's program as an operation would, with files that come along, but without lease, journal and record. */
export async function operate(
  session: Session,
  cluster: string,
  calls: readonly Call[],
  members: readonly Member[] = [],
  progress: (line: string) => void = () => {},
): Promise<Outcome<unknown>> {
  return ask(session, {
    calls: [
      ["appl_cluster", cluster],
      ["eval", `APPL_IN=$(mktemp -d); trap 'rm -rf "$APPL_IN"' EXIT; tar -x -C "$APPL_IN"`],
      ...calls,
    ],
    input: tar(members),
    timeout_ms: 600_000,
    progress,
  })
}

/** A recipe of Debian 12. */
export function recipe(id: string, packages: readonly string[], forms: readonly Form[]): DesiredImage {
  const origin = { file: "lab.appl", start: 0, end: 0 } as unknown as DesiredImage["origin"]
  return { id, source: { kind: "debian", suite: "bookworm" }, packages, forms, pins: null, origin }
}

/** Resolves, or throws with what the host said. */
export async function resolved(session: Session, image: DesiredImage): Promise<ImagePins> {
  return valueIn(await resolveImage(session, image))
}

/** Builds in the folder for all clusters, or in another that stands for another host. Returns the lines of progress. */
export async function build(session: Session, image: DesiredImage, pins: ImagePins, home?: string): Promise<string[]> {
  const { source, packages, forms } = image
  const steps = buildSteps(image.id, { source, packages, forms, pins })
  const lines: string[] = []
  const place = home === undefined ? [] : [at(home)]
  valueIn(await operate(session, "lab-images", [...place, ...steps.calls], steps.members, (line) => lines.push(line)))
  return lines
}

/** From here on, the host's program works in another folder. */
export function at(home: string): Call {
  return ["eval", `APPL_HOME=${quote(home)}; appl_images=$APPL_HOME/images`]
}

export function valueIn<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error([outcome.failure.message, ...outcome.failure.output].join("\n"))
  return outcome.value
}

/** What a shell script prints, for looking at this machine from outside. */
export function shell(script: string): string {
  return execFileSync("sh", ["-ec", script], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim()
}
