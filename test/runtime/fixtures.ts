import { createHash } from "node:crypto"
import type {
  Cause,
  Check,
  DesiredAppliance,
  DesiredFile,
  DesiredImage,
  DesiredNetwork,
  DesiredState,
  Flow,
  Nic,
  Origin,
  Publish,
} from "../../lang/index.ts"
import { type SettledState, settle } from "../../runtime/plan/settle.ts"

/** What the office fixture is asked for; it stands for `examples/02-office`, so that the runtime is tested without the compiler. */
export type OfficeOptions = {
  readonly cluster: string
  /** The first three bytes of the network, a /24. */
  readonly net: string
  readonly webs: number
  readonly title: string
  /** The packages of the web servers' image. */
  readonly packages: readonly string[]
  readonly port: number
  /** `edge`: a microVM routes the network; `host`: there is no edge, and the host routes. */
  readonly gateway: "edge" | "host"
  readonly connection: "simulated" | "local"
  /** Changes each appliance just before it is put in the state. */
  readonly amend: (appliance: DesiredAppliance) => DesiredAppliance
}

export const office_options: OfficeOptions = {
  cluster: "office",
  net: "10.30.0",
  webs: 2,
  title: "Welcome to the office",
  packages: ["nginx-light"],
  port: 8080,
  gateway: "edge",
  connection: "simulated",
  amend: (appliance) => appliance,
}

/** A gateway microVM, a name server and some web servers in containers, the first of them published. */
export function office(asked: Partial<OfficeOptions> = {}): DesiredState {
  const options = { ...office_options, ...asked }
  const images = {
    edge: image(["iproute2", "nftables"], ["microvm"], 3),
    names: image(["dnsmasq-base"], ["container"], 4),
    web: image(options.packages, ["container"], 5),
  }
  const webs = Array.from({ length: options.webs }, (_, index) => web(options, images.web, index + 1))
  const appliances = [names(options, images.names), ...webs]
  if (options.gateway === "edge") appliances.unshift(edge(options, images.edge))
  return {
    version: 1,
    cluster: options.cluster,
    definition: "office",
    file: "office.appl",
    hosts: [{ name: "local", connection: { kind: options.connection }, capacity: {}, labels: {}, origin: null }],
    networks: [network(options)],
    images: (options.gateway === "edge" ? [images.edge, images.names, images.web] : [images.names, images.web]).sort(
      (left, right) => (left.id < right.id ? -1 : 1),
    ),
    appliances: appliances.map(options.amend),
    inserts: [],
    moved: [],
    wires: webs.map((appliance) => ({
      kind: "needs",
      consumer: appliance.id,
      name: "dns",
      service: "Dns",
      provider: "names",
      provided: "dns",
      origin: at(20),
    })),
    flows: flows(options),
    publishes: [publish(options)],
    outputs: [{ name: "url", value: `http://localhost:${options.port}/`, origin: at(25) }],
    placement: [],
  }
}

/** A place in `office.appl`. */
export function at(line: number): Origin {
  return { file: "office.appl", line, column: 3 }
}

/** The recipe of a Debian image. `line` is where it was written. */
export function image(packages: readonly string[], forms: DesiredImage["forms"], line: number): DesiredImage {
  const recipe = JSON.stringify({ source: { kind: "debian", suite: "bookworm" }, packages: [...packages].sort() })
  return {
    id: createHash("sha256").update(recipe).digest("hex").slice(0, 16),
    source: { kind: "debian", suite: "bookworm" },
    packages: [...packages].sort(),
    forms,
    pins: null,
    origin: at(line),
  }
}

function network(options: OfficeOptions): DesiredNetwork {
  return {
    name: "dmz",
    cidr: `${options.net}.0/24`,
    mtu: null,
    gateway: options.gateway === "edge" ? { appliance: "edge", address: `${options.net}.1` } : null,
    host_address: `${options.net}.254`,
    dhcp: null,
    hosts: ["local"],
    origin: at(12),
  }
}

function flows(options: OfficeOptions): Flow[] {
  const dns = Array.from({ length: options.webs }, (_, index): Flow => {
    const id = `web[${index + 1}]`
    return {
      from: { kind: "appliance", id },
      to: { kind: "appliance", id: "names" },
      ports: [
        { from: 53, to: 53, protocol: "tcp" },
        { from: 53, to: 53, protocol: "udp" },
      ],
      cause: `${id} needs dns: names.dns`,
      origin: at(20),
    }
  })
  const outside: Flow = {
    from: { kind: "appliance", id: "names" },
    to: { kind: "outside" },
    ports: [{ from: 53, to: 53, protocol: "udp" }],
    cause: "names allows self -> outside",
    origin: at(16),
  }
  const published: Flow = {
    from: { kind: "outside" },
    to: { kind: "appliance", id: "web[1]" },
    ports: [{ from: 80, to: 80, protocol: "tcp" }],
    cause: `publish ${options.port}/tcp`,
    origin: at(23),
  }
  return [outside, published, ...dns]
}

function publish(options: OfficeOptions): Publish {
  return {
    port: options.port,
    protocol: "tcp",
    appliance: "web[1]",
    target_address: `${options.net}.3`,
    target_port: 80,
    through: options.gateway === "edge" ? { appliance: "edge", address: uplink(options).address } : null,
    host: "local",
    origin: at(23),
  }
}

function edge(options: OfficeOptions, made_of: DesiredImage): DesiredAppliance {
  const rules = `flush ruleset
table ip appl {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    iifname "eth1" tcp dport ${options.port} dnat to ${options.net}.3:80
  }
  chain postrouting {
    type nat hook postrouting priority srcnat;
    oifname "eth1" masquerade
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "eth1" ip daddr ${options.net}.3 tcp dport 80 accept
    oifname "eth1" ip saddr ${options.net}.2 udp dport 53 accept
  }
}
`
  return {
    ...appliance("edge", "edge", "Edge", made_of, 14),
    form: "microvm",
    memory_bytes: 96 * 2 ** 20,
    nics: [{ ...nic(options, 1), gateway: null }, uplink(options)],
    files: [file("/etc/nftables.conf", rules, [cause("web[1].address", `${options.net}.3`, 19)], 14)],
    start: ["/bin/sh", "-c", "nft -f /etc/nftables.conf && exec sleep infinity"],
    reload: ["nft", "-f", "/etc/nftables.conf"],
    checks: [check("rules are loaded", { kind: "exec", command: ["nft", "list", "table", "ip", "appl"] }, 14)],
  }
}

function names(options: OfficeOptions, made_of: DesiredImage): DesiredAppliance {
  const configuration = `keep-in-foreground
user=root
no-resolv
no-hosts
addn-hosts=/appl/names/hosts
listen-address=${options.net}.2
bind-interfaces
local=/office.test/
`
  return {
    ...appliance("names", "names", "Dnsmasq", made_of, 16),
    nics: [nic(options, 2)],
    files: [file("/etc/dnsmasq.conf", configuration, [cause("zone", "office.test", 16)], 16)],
    start: ["dnsmasq", "--keep-in-foreground", "--conf-file=/etc/dnsmasq.conf"],
    checks: [check("answers", { kind: "tcp-open", address: `${options.net}.2`, port: 53 }, 16)],
  }
}

function web(options: OfficeOptions, made_of: DesiredImage, number: number): DesiredAppliance {
  const address = `${options.net}.${number + 2}`
  const site = `server {
  listen 80 default_server;
  server_name www.office.test;
  root /srv/www;
}
`
  const page = `<!doctype html>
<title>${options.title}</title>
<h1>${options.title}</h1>
<p>Served by web-${number}, which asks ${options.net}.2 for names.</p>
`
  const page_causes: Cause[] = [
    { ...cause("dns.address", `${options.net}.2`, 20), through: ["names.address"] },
    cause("name", `web-${number}`, 19),
    cause("title", options.title, 22),
  ]
  return {
    ...appliance(`web[${number}]`, `web-${number}`, "Nginx", made_of, 19),
    nics: [nic(options, number + 2)],
    files: [
      file("/etc/nginx/sites-enabled/default", site, [cause("site", "www.office.test", 21)], 19),
      file("/srv/www/index.html", page, page_causes, 19),
    ],
    start: ["nginx", "-g", "daemon off;"],
    reload: ["nginx", "-s", "reload"],
    checks: [check("front page", { kind: "http-get", address, port: 80, path: "/", status: 200 }, 19)],
    after: ["names"],
  }
}

/** What every appliance of the fixture has in common. */
export function appliance(
  id: string,
  name: string,
  class_name: string,
  made_of: DesiredImage,
  line: number,
): DesiredAppliance {
  return {
    id,
    name,
    class: class_name,
    host: "local",
    form: "container",
    image: made_of.id,
    cpus: 1,
    memory_bytes: 64 * 2 ** 20,
    disk_bytes: null,
    nics: [],
    files: [],
    env: {},
    start: ["sleep", "infinity"],
    reload: null,
    user: null,
    volumes: [],
    limits: {},
    restart: "no",
    protect: false,
    tags: [],
    scale: null,
    fork: false,
    slim: false,
    update: null,
    checks: [],
    after: [],
    origin: at(line),
    origins: {},
  }
}

function nic(options: OfficeOptions, last: number): Nic {
  const bytes = options.net.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"))
  return {
    device: "eth0",
    network: "dmz",
    address: `${options.net}.${last}`,
    prefix: 24,
    mac: `52:54:${bytes[0]}:${bytes[1]}:${bytes[2]}:${last.toString(16).padStart(2, "0")}`,
    gateway: options.gateway === "edge" ? `${options.net}.1` : `${options.net}.254`,
    peer: null,
  }
}

function uplink(options: OfficeOptions): Nic {
  const [, second, third] = options.net.split(".").map(Number)
  const link = `100.${64 + (second! % 64)}.${third}`
  return {
    device: "eth1",
    network: null,
    address: `${link}.2`,
    prefix: 30,
    mac: `52:55:${nic(options, 1).mac.slice(6)}`,
    gateway: `${link}.1`,
    peer: `${link}.1`,
  }
}

function check(name: string, probe: Check["probe"], line: number): Check {
  return { name, probe, every_ms: 500, timeout_ms: 2_000, within_ms: 60_000, origin: at(line) }
}

function file(path: string, text: string, causes: readonly Cause[], line: number): DesiredFile {
  return { path, content: { text }, mode: 0o644, causes, origin: at(line) }
}

function cause(name: string, value: string, line: number): Cause {
  return { name, value, through: [], origin: at(line) }
}

/** A state without secrets, as planning puts it together when the hosts were looked at. */
export function settled(desired: DesiredState): SettledState {
  const settled = settle(desired, new Map(), new Map())
  if (!settled.ok) throw new Error(settled.failure.message)
  return settled.value
}
