import { describeDriver } from "../drivers.contract.ts"
import { sshSubject } from "./ssh-subject.ts"

describeDriver("linux, over SSH", sshSubject, { gateway: "host" })
