import type { TextForm } from "../types/type.ts"

const label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
const hostname = new RegExp(`^${label}(?:\\.${label})*$`)
const email = new RegExp(`^[^\\s@]{1,64}@${label}(?:\\.${label})*$`)

/** For each form of text: whether a text has it, and what a text of that form looks like, for the diagnostic. */
const forms: Readonly<Record<TextForm, { readonly has: (text: string) => boolean; readonly like: string }>> = {
  Hostname: {
    // RFC 1123, section 2.1.
    has: (text) => text.length <= 253 && hostname.test(text),
    like: "letters, digits and `-` in parts joined by dots, such as www.office.test",
  },
  Path: {
    has: (text) => text !== "" && !/[\u0000-\u001f]/.test(text) && !text.split("/").includes(".."),
    like: "a path such as /srv/www, without `..`",
  },
  Url: {
    has: (text) => /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^\s/?#]+(?:[/?#]\S*)?$/.test(text),
    like: "a scheme and a host, such as https://www.office.test/",
  },
  Email: { has: (text) => email.test(text), like: "a name, `@` and a host, such as info@office.test" },
  Mac: {
    has: (text) => /^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}$/.test(text),
    like: "six pairs of hexadecimal digits, such as 02:00:5e:10:00:01",
  },
  Version: {
    // Semantic Versioning 2.0.0.
    has: (text) => /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/.test(text),
    like: "three numbers such as 1.2.3, with -rc.1 or +build after them where needed",
  },
}

/** What is expected of a text of this form, or null when it has it. */
export function formProblem(form: TextForm, text: string): string | null {
  return forms[form].has(text) ? null : forms[form].like
}
