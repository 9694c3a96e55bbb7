import { describeDriver } from "../drivers.contract.ts"
import { simulatedSubject } from "./simulated.ts"

describeDriver("simulated", simulatedSubject)
describeDriver("simulated, routed by the host", simulatedSubject, { gateway: "host" })
