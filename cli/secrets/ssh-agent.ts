import { createPublicKey, hkdfSync, verify } from "node:crypto"
import { connect } from "node:net"
import { type Result, refuse } from "../problem.ts"

/** A key that an agent holds and that always signs alike. */
export type AgentKey = { readonly comment: string; readonly blob: Buffer }

/**
 * The 32 bytes of an X25519 key that an ed25519 key of the running ssh-agent stands for. An agent can only sign, and ed25519 signatures
 * are a function of key and text (RFC 8032, 5.1.6): the signature of a fixed text, which nothing else signs, goes through HKDF (RFC 5869).
 * `wanted` is a part of the key's comment; empty for the only one. Keys of hardware tokens sign differently each time and are left out.
 */
export async function agentSecret(wanted: string, socket: string | undefined): Promise<Result<Buffer>> {
  if (socket === undefined || socket === "") {
    return refuse("no ssh-agent is running", "start one and add an ed25519 key: eval $(ssh-agent) && ssh-add")
  }
  try {
    const answer = await ask(socket, Buffer.from([request_identities]))
    const keys = readKeys(answer).filter((key) => key.comment.includes(wanted))
    const [key, ...others] = keys
    if (key === undefined) {
      return refuse(
        wanted === "" ? "the ssh-agent has no ed25519 key" : `the ssh-agent has no ed25519 key called ${wanted}`,
        "add one with ssh-add; other kinds of keys do not always sign alike",
      )
    }
    if (others.length > 0) {
      return refuse("the ssh-agent has several ed25519 keys", `name one of them: --key ssh-agent:${key.comment}`)
    }
    const [first, second] = [await sign(socket, key), await sign(socket, key)]
    if (!first.equals(second)) {
      return refuse(`the key ${key.comment} signs differently each time`, "use a key file, or another key")
    }
    return { ok: true, value: Buffer.from(hkdfSync("sha256", first, "appl", "appl secrets X25519 1", 32)) }
  } catch (error) {
    return refuse(`the ssh-agent did not answer: ${error instanceof Error ? error.message : error}`, null)
  }
}

async function sign(socket: string, { blob }: AgentKey): Promise<Buffer> {
  const flags = Buffer.alloc(4)
  const answer = await ask(socket, Buffer.concat([Buffer.from([sign_request]), field(blob), field(challenge), flags]))
  if (answer[0] !== sign_response) throw new Error("it refused to sign")
  const signature = fieldsIn(answer.subarray(1))[0]
  const [kind, bytes] = fieldsIn(signature ?? Buffer.alloc(0))
  if (kind?.toString() !== "ssh-ed25519" || bytes?.length !== 64) throw new Error("it signed with another kind of key")
  // What is no signature may be known to others, and with it the key to the secrets.
  if (!isSignature(blob, bytes)) throw new Error("what it gave is no signature of the key")
  return bytes
}

function isSignature(blob: Buffer, signature: Buffer): boolean {
  const [, key] = fieldsIn(blob)
  if (key?.length !== 32) return false
  // A public key of Ed25519 in the form of RFC 8410.
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key])
  return verify(null, challenge, createPublicKey({ key: der, format: "der", type: "spki" }), signature)
}

/** The ed25519 keys in an answer (OpenSSH, PROTOCOL.agent). */
function readKeys(answer: Buffer): AgentKey[] {
  if (answer[0] !== identities_answer) throw new Error("it refused to list its keys")
  const parts = fieldsIn(answer.subarray(5))
  return Array.from({ length: Math.floor(parts.length / 2) }, (_, index) => ({
    blob: parts[2 * index]!,
    comment: parts[2 * index + 1]!.toString(),
  })).filter(({ blob }) => fieldsIn(blob)[0]?.toString() === "ssh-ed25519")
}

/** One question and its answer: each has its length before it. */
function ask(socket: string, question: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const connection = connect(socket)
    let received = Buffer.alloc(0)
    connection.setTimeout(patience_ms, () => connection.destroy(new Error("it is silent")))
    connection.on("error", reject)
    connection.on("close", () => reject(new Error("it closed the connection")))
    connection.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (received.length > longest_answer) connection.destroy(new Error("its answer is too long"))
      if (received.length < 4 || received.length < 4 + received.readUInt32BE(0)) return
      resolve(received.subarray(4, 4 + received.readUInt32BE(0)))
      connection.destroy()
    })
    connection.write(field(question))
  })
}

function field(content: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  return Buffer.concat([length, content])
}

function fieldsIn(bytes: Buffer): Buffer[] {
  const found: Buffer[] = []
  let at = 0
  while (at + 4 <= bytes.length) {
    const length = bytes.readUInt32BE(at)
    if (at + 4 + length > bytes.length) break
    found.push(bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return found
}

const challenge = Buffer.from(
  "appl: this signature opens the secrets of a cluster, version 1. Sign it for nothing else.\n",
)
const [request_identities, identities_answer, sign_request, sign_response] = [11, 12, 13, 14]
/** A person may have to confirm the use of a key. */
const patience_ms = 60_000
const longest_answer = 1024 * 1024
