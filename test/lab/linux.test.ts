import { describeDriver } from "../drivers.contract.ts"
import { linuxSubject } from "./linux-subject.ts"

describeDriver("linux, routed by the host", linuxSubject, { gateway: "host" })
describeDriver("linux", linuxSubject)
