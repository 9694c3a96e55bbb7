import { readFileSync, statSync } from "node:fs"
import type {
  AgentAuthMethod,
  AuthHandlerMiddleware,
  BaseAgent,
  ParsedKey,
  PublicKeyAuthMethod,
  SignCallback,
  SigningRequestOptions,
} from "ssh2"
import type { Endpoint } from "./configuration.ts"
import { fingerprint } from "./known-hosts.ts"
import type { Ssh2 } from "./library.ts"

/** How one login goes: what is offered, and what people should know when nothing of it was accepted. */
export type Login = {
  readonly handler: AuthHandlerMiddleware
  /** `the agent's ED25519 SHA256:…`, in the order in which they were offered. */
  readonly offered: readonly string[]
  /** Why a key was not offered, and what mends it. */
  readonly notes: readonly string[]
}

/** Keys of the agent that the configuration names, then its others, then the key files that it has not got. Nothing else is tried. */
export async function prepareLogin(ssh2: Ssh2, endpoint: Endpoint): Promise<Login> {
  const { identities, agent, user } = endpoint
  const notes: string[] = []
  const files = identities.files.map((file) => readIdentity(ssh2, file, identities.said, notes))
  const named = new Set(files.flatMap(({ publics }) => publics))
  const held = agent === null ? [] : await identitiesOf(ssh2, agent, notes)
  const printOf = (key: ParsedKey) => fingerprint(key.getPublicSSH())
  const chosen = [
    ...held.filter((key) => named.has(printOf(key))),
    ...(identities.only ? [] : held.filter((key) => !named.has(printOf(key)))),
  ]
  const in_agent = new Set(chosen.map(printOf))
  const methods: (AgentAuthMethod | PublicKeyAuthMethod)[] = []
  const offered: string[] = []
  if (agent !== null && chosen.length > 0) {
    methods.push({ type: "agent", username: user, agent: limitedAgent(ssh2, agent, chosen) })
    offered.push(...chosen.map((key) => `the agent's ${printOf(key)}`))
  }
  for (const { file, key, problem, publics } of files) {
    if (publics.some((print) => in_agent.has(print))) continue
    if (problem !== null) notes.push(problem)
    if (key === null) continue
    methods.push({ type: "publickey", username: user, key })
    offered.push(`${file} (${printOf(key)})`)
  }
  return { handler: inTurn(methods), offered, notes }
}

function inTurn(methods: readonly (AgentAuthMethod | PublicKeyAuthMethod)[]): AuthHandlerMiddleware {
  let next = 0
  return (left, _partial, go) => {
    const method = left !== null && !left.includes("publickey") ? undefined : methods[next]
    next += 1
    // The types of ssh2 know a name only; `false` ends it.
    go((method ?? false) as Parameters<typeof go>[0])
  }
}

type Identity = {
  readonly file: string
  readonly key: ParsedKey | null
  readonly problem: string | null
  /** Fingerprints by which the agent may have it. */
  readonly publics: readonly string[]
}

function readIdentity({ utils }: Ssh2, file: string, said: boolean, notes: string[]): Identity {
  const beside = parsed(utils, content(`${file}.pub`))
  const publics = beside === null ? [] : [fingerprint(beside.getPublicSSH())]
  const none: Identity = { file, key: null, problem: null, publics }
  const text = content(file)
  if (text === null) {
    if (said && publics.length === 0) notes.push(`${file} cannot be read`)
    return none
  }
  if (isOpen(file)) return { ...none, problem: `${file} can be read by others: chmod 600 ${file}` }
  const found = utils.parseKey(text)
  const key = Array.isArray(found) ? found[0] : found
  if (key instanceof Error || key === undefined) {
    const locked = key !== undefined && /passphrase|encrypted/i.test(key.message)
    const problem = locked
      ? `${file} is encrypted, and no agent has it: ssh-add ${file}`
      : `${file} is no private key that can be read`
    return { ...none, problem }
  }
  // A public key in the place of a private one means the agent's.
  const print = fingerprint(key.getPublicSSH())
  if (!key.isPrivateKey()) return { ...none, publics: [...publics, print] }
  return { file, key, problem: null, publics: [...publics, print] }
}

function content(file: string): Buffer | null {
  try {
    return readFileSync(file)
  } catch {
    return null
  }
}

/** ssh(1) refuses such a key as well. */
function isOpen(file: string): boolean {
  const { mode, uid } = statSync(file)
  return uid === process.getuid?.() && (mode & 0o077) !== 0
}

function parsed(utils: Ssh2["utils"], text: Buffer | null): ParsedKey | null {
  const found = text === null ? null : utils.parseKey(text)
  const key = Array.isArray(found) ? found[0] : found
  return key instanceof Error || key === undefined ? null : key
}

function identitiesOf({ createAgent, utils }: Ssh2, agent: string, notes: string[]): Promise<readonly ParsedKey[]> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => resolve(silent(`the agent ${agent} does not answer`)), agent_ms)
    createAgent(agent).getIdentities((error, keys) => {
      clearTimeout(patience)
      if (error) return resolve(silent(`the agent ${agent} cannot be asked: ${error.message}`))
      const read = (keys ?? []).flatMap((key) => {
        const one = utils.parseKey(key as Parameters<typeof utils.parseKey>[0])
        const first = Array.isArray(one) ? one[0] : one
        return first === undefined || first instanceof Error ? [] : [first]
      })
      resolve(read)
    })
  })

  function silent(note: string): readonly ParsedKey[] {
    notes.push(note)
    return []
  }
}

/** The agent, as if it had these keys only. It is a class because ssh2 takes no other. */
function limitedAgent(
  { createAgent, BaseAgent }: Ssh2,
  path: string,
  keys: readonly ParsedKey[],
): BaseAgent<ParsedKey> {
  const inner = createAgent(path)
  class LimitedAgent extends BaseAgent<ParsedKey> {
    override getIdentities(answer: (error?: Error, keys?: ParsedKey[]) => void): void {
      answer(undefined, [...keys])
    }
    override sign(key: ParsedKey, data: Buffer, ...rest: SignRest): void {
      inner.sign(key, data, ...(rest as [SigningRequestOptions, SignCallback]))
    }
  }
  return new LimitedAgent()
}

type SignRest = [SignCallback] | [SigningRequestOptions, SignCallback?]

const agent_ms = 5_000
