import { type ChildProcess, execFileSync, spawn } from "node:child_process"

/** A piece of the world outside: a network namespace that reaches this machine, and knows a way to its networks. */
export type Outside = {
  /** This machine's address on the way there, and the namespace's own. */
  readonly host: string
  readonly own: string
  /** Runs a program out there and gives what it printed. Throws when the program fails. */
  run(command: readonly string[]): string
  /** Starts a program out there, whose standard output can be read. */
  start(command: readonly string[]): ChildProcess
  close(): void
}

/** Makes a world outside with a way to `nets` (CIDR). What an earlier one of that name left behind goes first; names have 11 characters at most. */
export function openOutside(name: string, nets: readonly string[], subnet = "198.51.100"): Outside {
  const link = `${name}0`
  const [host, own] = [`${subnet}.1`, `${subnet}.2`]
  const close = (): void => {
    execFileSync("sh", ["-c", `ip link del ${link}; ip netns del ${name}; :`], { stdio: "ignore" })
  }
  close()
  execFileSync("sh", [
    "-ec",
    `ip netns add ${name}
     ip link add ${link} type veth peer name eth0 netns ${name}
     ip addr add ${host}/24 dev ${link}
     ip link set ${link} up
     ip -n ${name} addr add ${own}/24 dev eth0
     ip -n ${name} link set eth0 up
     ip -n ${name} link set lo up
     for net in ${nets.join(" ")}; do ip -n ${name} route add "$net" via ${host}; done`,
  ])
  const there = ["netns", "exec", name]
  return {
    host,
    own,
    run: (command) => execFileSync("ip", [...there, ...command], { encoding: "utf8" }),
    start: (command) => spawn("ip", [...there, ...command], { stdio: ["ignore", "pipe", "inherit"] }),
    close,
  }
}

/** A script for bash that says `yes` when a TCP port answers within a second. */
export function opens(address: string, port: number): string {
  return `timeout 1 bash -c 'exec 3<>/dev/tcp/${address}/${port}' && echo yes`
}

/** `yes` when this machine reaches a TCP port. */
export function reaches(address: string, port: number): string {
  return execFileSync("bash", ["-c", `${opens(address, port)} || :`], { encoding: "utf8" }).trim()
}

/** What a page holds. Throws when nothing answers within five seconds. */
export function fetched(address: string, port: number): string {
  return execFileSync("curl", ["-s", "-m", "5", `http://${address}:${port}/`], { encoding: "utf8" })
}

/** Asks for a page again and again, until the answer is called: it gives the status of each time, `000` where nothing answered. */
export function keepAsking(address: string, port: number): () => readonly string[] {
  const url = `http://${address}:${port}/`
  const asking = spawn("sh", ["-c", `while :; do curl -s -m 4 -o /dev/null -w '%{http_code}\\n' ${url}; done`])
  const codes: string[] = []
  asking.stdout.on("data", (text: Buffer) => codes.push(...text.toString().trim().split("\n")))
  return () => {
    asking.kill()
    return codes
  }
}
