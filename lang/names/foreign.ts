/**
 * Words that people bring along from other languages, and what they are here: for the hint that an unknown name gets. What `write` says
 * stands for the word itself, safe to put in its place.
 */
export type Foreign = { readonly hint: string; readonly write?: string }

const values: ReadonlyMap<string, Foreign> = new Map([
  ...each(["True", "TRUE", "yes", "Yes", "on", "enabled"], "true"),
  ...each(["False", "FALSE", "no", "No", "off", "disabled"], "false"),
  ...each(["None", "NULL", "Null", "nil", "undefined", "undef"], "null"),
])

const functions: ReadonlyMap<string, string> = new Map([
  ...["range", "seq", "upto"].map((word): [string, string] => [word, "numbers from 1 to 3 are `1..3`"]),
  ...["len", "length", "size", "count"].map((word): [string, string] => [word, "a list, map or text has `.length`"]),
  ...["contains", "includes", "has"].map((word): [string, string] => [
    word,
    "`value in list` asks whether it is there",
  ]),
  ...["str", "tostring", "string", "text", "format", "join", "concat"].map((word): [string, string] => [
    word,
    'texts are put together like "${a} and ${b}"',
  ]),
  ...["map", "filter"].map((word): [string, string] => [
    word,
    "lists are made like `[for x in xs if condition: value]`",
  ]),
  ...["int", "float", "tonumber"].map((word): [string, string] => [
    word,
    "a param is read by its type, and nothing else is converted",
  ]),
  ...["env", "getenv", "lookup"].map((word): [string, string] => [
    word,
    "what comes from outside is a `param`: APPL_PARAM_NAME gives it a value",
  ]),
  ...["print", "println", "echo", "log", "notice"].map((word): [string, string] => [
    word,
    "an `output` is printed; `appl repl` shows any value",
  ]),
  ...["import", "include", "require"].map((word): [string, string] => [
    word,
    '`use { Name } from "./file.appl"` takes names from a file',
  ]),
])

const types: ReadonlyMap<string, Foreign> = new Map([
  ...each(["String", "Str", "string", "str", "text"], "Text"),
  ...each(["Boolean", "boolean", "bool"], "Bool"),
  ...each(["Integer", "integer", "int", "Long", "UInt"], "Int"),
  ...each(["Number", "number", "Double", "double", "float"], "Float"),
  ...each(["IP", "IPAddress", "IpAddress", "Address", "IPv4"], "Ip"),
  ...each(["CIDR", "Subnet"], "Cidr"),
  ...each(["URL", "Uri", "URI"], "Url"),
  ...each(["Host"], "Hostname"),
  ...each(["Bytes", "DataSize"], "Size"),
  ...["List", "Array", "Set", "Seq"].map((word): [string, Foreign] => [word, { hint: "a list of texts is `Text[]`" }]),
  ...["Dict", "Object", "Hash", "Mapping", "Record"].map((word): [string, Foreign] => [
    word,
    { hint: "a record is `{ name: Type }`, and a map `Map<Text, Type>`" },
  ]),
  ...["Any", "any", "object", "unknown"].map((word): [string, Foreign] => [
    word,
    { hint: "every value has a type of its own: there is no `any`" },
  ]),
  ...["Optional", "Maybe", "Option"].map((word): [string, Foreign] => [
    word,
    { hint: "a value that may be missing is `Text?`" },
  ]),
  ...["Enum"].map((word): [string, Foreign] => [word, { hint: 'a choice of texts is `"one" | "other"`' }]),
])

/** What a value's name of another language is here. */
export function foreignValue(name: string): Foreign | null {
  return values.get(name) ?? null
}

/** What a function of another language is here, in words. */
export function foreignFunction(name: string): string | null {
  return functions.get(name) ?? null
}

/** What a type of another language is here. */
export function foreignType(name: string): Foreign | null {
  return types.get(name) ?? null
}

function each(words: readonly string[], write: string): [string, Foreign][] {
  return words.map((word) => [word, { hint: `it is written ${write}`, write }])
}
